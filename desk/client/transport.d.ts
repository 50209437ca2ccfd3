/** @typedef {ReturnType<typeof transport>} Transport */
/**
 * The ways to ask the service at an address.
 * @param {string} address @param {Options} options
 */
export function transport(address: string, options: Options): {
    json: (method: string, path: string, asked: Asked) => Promise<any>;
    text: (method: string, path: string, asked: Asked) => Promise<string>;
    lines: (path: string, asked: Asked) => AsyncGenerator<any, void>;
};
export type Transport = ReturnType<typeof transport>;
export type Watch = ReturnType<typeof watched>;
export type Options = {
    /**
     * API key, sent as Bearer token.
     */
    key?: string | undefined;
    /**
     * How often a request is sent again that was answered 429 or 503, or
     * not at all.
     */
    retries?: number | undefined;
    /**
     * Longest wait before that. Where the service asks for a longer
     * one, the error is thrown at once and says so (`retryAfterMs`).
     */
    maxRetryWaitMs?: number | undefined;
    /**
     * Longest wait for an answer to begin, and for each further part.
     */
    timeoutMs?: number | undefined;
    /**
     * In place of the global one.
     */
    fetch?: typeof fetch | undefined;
};
export type Asked = {
    /**
     * Sent as JSON.
     */
    body?: unknown;
    signal?: AbortSignal | undefined;
};
/** @typedef {ReturnType<typeof watched>} Watch */
/**
 * A signal that follows another one, and fires when a wait becomes too long.
 * @param {AbortSignal | undefined} followed @param {number} ms
 */
declare function watched(followed: AbortSignal | undefined, ms: number): {
    signal: AbortSignal;
    late: boolean;
    restart(): void;
    pause: () => void;
    end(): void;
};
export {};
