/** Makes a dev server know the search attributes that workflows set by option: more arguments of `temporal server start-dev`. */
export const SEARCH_ATTRIBUTES = [
  'ZendeskAccount=Keyword',
  'ZendeskJobId=KeywordList',
  'ZendeskJobStatus=Keyword',
].flatMap((attribute) => ['--search-attribute', attribute]);
