/** What the badge says in one language: a short statement, and what happened. */
export interface BadgeText {
  /** Fits small pictures. */
  readonly short: string;
  readonly long: string;
}

/** Capitals only: they stay legible at the smallest size. The icon in front always says "AI". */
export const BADGE_TEXTS = {
  en: { short: 'SYNTHETIC', long: 'SYNTHETIC · AI-ANIMATED' },
  fr: { short: 'SYNTHÉTIQUE', long: 'SYNTHÉTIQUE · ANIMÉ PAR IA' },
  de: { short: 'SYNTHETISCH', long: 'SYNTHETISCH · KI-ANIMIERT' },
  es: { short: 'SINTÉTICO', long: 'SINTÉTICO · ANIMADO CON IA' },
  it: { short: 'SINTETICO', long: 'SINTETICO · ANIMATO CON IA' },
  nl: { short: 'SYNTHETISCH', long: 'SYNTHETISCH · AI-GEANIMEERD' },
  pt: { short: 'SINTÉTICO', long: 'SINTÉTICO · ANIMADO POR IA' },
} as const satisfies Readonly<Record<string, BadgeText>>;

/** A language of the badge, ISO 639-1. */
export type BadgeLanguage = keyof typeof BADGE_TEXTS;

/**
 * The badge's text for a locale.
 *
 * @param locale - `LANG` or BCP 47 style (`fr_FR.UTF-8`, `pt-BR`, `de`); unknown or absent ones give English.
 */
export function badgeText(locale: string | undefined): BadgeText {
  const language = (locale ?? '').slice(0, 2).toLowerCase();
  return Object.hasOwn(BADGE_TEXTS, language) ? BADGE_TEXTS[language as BadgeLanguage] : BADGE_TEXTS.en;
}
