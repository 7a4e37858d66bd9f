/** What a command's exit code says. */
export const exitCodes = { ok: 0, findings: 1, usage: 2, crash: 3 } as const;
