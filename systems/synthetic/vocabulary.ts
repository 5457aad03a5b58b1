import type { Split } from '../../core/system/system';

/**
 * Words of the synthetic systems. Topics, facets and names are disjoint between the splits, so that nothing learned about
 * one of them helps on held-out inputs. All names have six letters, and the two classes of verbs (precise, and vague or careless) have the same lengths,
 * so that the length of a text says nothing about its quality.
 */
export const topics: Record<Split, readonly string[]> = {
  train: words('bridge orchard museum railway brewery library stadium reservoir bakery lighthouse theatre quarry'),
  validation: words('harbour vineyard hospital tramway foundry archive arena canal dairy observatory cinema mine'),
  test: words('airport greenhouse school ferry sawmill gallery racecourse dam mill windmill opera shipyard'),
};

export const facets: Record<Split, readonly string[]> = {
  train: words('cost safety schedule noise lighting staffing access drainage'),
  validation: words('budget hygiene timetable dust heating training parking insurance'),
  test: words('price security calendar smell cooling hiring signage licensing'),
};

export const names: Record<Split, readonly string[]> = {
  train: words(
    'Archer Barlow Carver Dalton Easton Fisher Garner Harper Ingram Jansen Keller Lawson Mercer Norris Osborn Parker Quincy Rivers Sawyer Tanner',
  ),
  validation: words(
    'Becker Conway Draper Elliot Foster Graham Holden Irving Jensen Kramer Lowell Murphy Nelson Oliver Porter Reeves Stuart Thomas Vernon Walker',
  ),
  test: words(
    'Abbott Bishop Cooper Dawson Emmett Farley Gibson Hudson Jarvis Knight Landry Miller Newton Orozco Powell Ramsey Spence Turner Warren Yeager',
  ),
};

export const preciseVerbs: readonly string[] = words(
  'details records measures verifies specifies documents quantifies enumerates',
);
export const vagueVerbs: readonly string[] = words(
  'ignores forgets confuses neglects overlooks conflates disregards speculates',
);

function words(text: string): string[] {
  return text.split(' ');
}
