// How a clip's file name begins, as an expression that an index holds: never to be changed but with a new index.

const FIRST_LINE = 'substr(search, 1, instr(search || char(10), char(10)) - 1)';
const FOLDER = `rtrim(${FIRST_LINE}, replace(${FIRST_LINE}, '/', ''))`;

/** The first two characters of the file's name, as they are searched: of the path, which is the first line of `search`. */
export const STEM = `substr(${FIRST_LINE}, length(${FOLDER}) + 1, 2)`;
