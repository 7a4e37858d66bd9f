/** What a command's exit code says; `usage` is also that the machine refuses, as with a full disk. */
export const exitCodes = { ok: 0, findings: 1, usage: 2, crash: 3 } as const;
