// What a caption counts as, by Meta's limits (2200 characters, 30 hashtags, 20 mentions). The service judges; this counts
// while a person types.

export const LIMITS = { characters: 2200, hashtags: 30, mentions: 20, altText: 1000, collaborators: 3 } as const;
// Instagram shows about this much until somebody opens the rest.
export const FOLDED = 125;

const HASHTAG = /(?<![\p{L}\p{N}_&/])[#＃](?=[\p{L}\p{N}_]*[\p{L}_])[\p{L}\p{M}\p{N}_]+/gu;
const MENTION = /(?<![\p{L}\p{N}_.@])@[A-Za-z0-9_](?:[A-Za-z0-9_.]*[A-Za-z0-9_])?/gu;

export interface Counts {
  characters: number;
  hashtags: number;
  mentions: number;
}

export function countsOf(caption: string): Counts {
  return {
    characters: [...caption].length,
    hashtags: caption.match(HASHTAG)?.length ?? 0,
    mentions: caption.match(MENTION)?.length ?? 0,
  };
}

// The first lines as the feed shows them; null where nothing is hidden.
export function folded(caption: string): string | null {
  const characters = [...caption];
  const line = caption.indexOf('\n');
  const cut = line >= 0 ? Math.min(FOLDED, [...caption.slice(0, line)].length) : FOLDED;
  if (characters.length <= cut) return null;
  return characters.slice(0, cut).join('').trimEnd();
}
