// Which view of the Label room is on screen; kept while other rooms are.

export type LabelView = 'review' | 'parallel' | 'raters' | 'test';

class Views {
  at = $state<LabelView>('review');
}

export const views = new Views();
