// The shape of one numbered step of the database.

/** `version`: the step's number, also the user_version after it. `sql`: run once, in one transaction with that bump. */
export interface Migration {
  readonly version: number;
  readonly name: string;
  readonly sql: string;
}
