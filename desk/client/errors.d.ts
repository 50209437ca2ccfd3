/** @param {string} text */
export function parsed(text: string): any;
/** A line, unless it says why an answer ends before its time. @param {any} line */
export function checked(line: any): any;
/** @param {Response} answer @param {string} text */
export function refused(answer: Response, text: string): ClaimdeskError;
/** @param {string} detail @param {unknown} [cause] */
export function cutOff(detail: string, cause?: unknown): ClaimdeskError;
/** What a service refuses, or why there is no whole answer. */
export class ClaimdeskError extends Error {
    /**
     * @param {"problem" | "unreachable" | "timeout" | "cut_off" | "not_claimdesk"} reason
     * @param {{ status?: number, title: string, detail: string, requestId?: string | null,
     *   retryAfterMs?: number | null, cause?: unknown }} told
     */
    constructor(reason: "problem" | "unreachable" | "timeout" | "cut_off" | "not_claimdesk", told: {
        status?: number;
        title: string;
        detail: string;
        requestId?: string | null;
        retryAfterMs?: number | null;
        cause?: unknown;
    });
    /**
     * problem: the service refused. unreachable, timeout: there was no answer, or no more of it in
     * time. cut_off: its end is missing. not_claimdesk: it is not one of claimdesk's.
     */
    reason: "timeout" | "problem" | "unreachable" | "cut_off" | "not_claimdesk";
    /** HTTP status; 0 where there was no answer. */
    status: number;
    title: string;
    detail: string;
    /** Finds the request in the service's log. @type {string | null} */
    requestId: string | null;
    /** Wait that the service asks for. @type {number | null} */
    retryAfterMs: number | null;
}
