// A question on its way -> what the reader is told meanwhile: slow, cancelled, failed, when to ask again.

import { SLOW_MS } from "./api.js";
import { ClaimdeskError } from "./client/claimdesk.js";
import { $, h } from "./dom.js";

// What is said where the service itself could not say it.
const WORDS = {
  unreachable: {
    title: "The service does not answer",
    detail: "Perhaps it was stopped, or the network is away. Nothing that you wrote is lost.",
  },
  timeout: {
    title: "The service does not answer",
    detail: "It has sent nothing for two minutes. Nothing that you wrote is lost.",
  },
  cut_off: {
    title: "The answer broke off",
    detail: "The service stopped, or the connection broke, before the answer was whole. What is shown holds; the rest is missing.",
  },
  not_claimdesk: {
    title: "What answered is no claimdesk",
    detail: "Something between this page and the service sent an answer of its own.",
  },
};

// Titles for what a service refuses, in place of HTTP's own.
const REFUSALS = {
  403: "The key is not good for this",
  404: "It is not there any more",
  413: "This is too long",
  415: "The service does not read this kind of file",
  422: "The service cannot read this",
  429: "Too many questions at once",
  500: "Something went wrong in the service",
  503: "The service is busy",
};

function told(error) {
  if (!(error instanceof ClaimdeskError)) {
    return { title: "Something went wrong in this page", detail: String(error?.message ?? error) };
  }
  const { requestId, retryAfterMs } = error;
  const detail = error.detail.replaceAll("Value error, ", "");
  return WORDS[error.reason] ?? { title: REFUSALS[error.status] ?? error.title, detail, requestId, retryAfterMs };
}

export function failureView(error, again = null) {
  const { title, detail, requestId, retryAfterMs } = told(error);
  const button = again && h("button", { type: "button", onclick: again }, "Try again");
  if (button && retryAfterMs) wait(button, Math.ceil(retryAfterMs / 1000));
  return h("div", { class: "failure", role: "alert" },
    h("p", { class: "title" }, title),
    h("p", { dir: "auto" }, detail),
    requestId && h("p", { class: "request" }, "Request ", h("code", {}, requestId)),
    button && h("p", { class: "actions" }, button));
}

// A problem document in place of an answer.
export const problemView = ({ status, title, detail, request_id: requestId }) =>
  failureView(new ClaimdeskError("problem", { status, title, detail, requestId }));

function wait(button, seconds) {
  button.disabled = seconds > 0;
  button.textContent = seconds > 0 ? `Try again in ${seconds} s` : "Try again";
  if (seconds > 0) setTimeout(() => wait(button, seconds - 1), 1000);
}

// Runs one question of a view at a time; a new one, or Cancel, ends the one before.
export function runner(view) {
  const status = $(".status", view);
  const result = $(".result", view);
  let controller = null;

  const tell = (text) => { status.textContent = text; };

  async function run(work, { started = "Checking …", again = null } = {}) {
    controller?.abort();
    const mine = (controller = new AbortController());
    const running = (is) => {
      view.setAttribute("aria-busy", String(is));
      for (const cancel of view.querySelectorAll(".cancel")) cancel.hidden = !is;
    };
    running(true);
    tell(started);
    const slow = setTimeout(() => tell("This takes longer than usual. The service may be busy; you can wait or cancel."), SLOW_MS);
    try {
      const said = await work(mine.signal, { tell: (text) => { clearTimeout(slow); tell(text); } });
      if (controller === mine) tell(said ?? "");
    } catch (error) {
      if (controller !== mine) return;
      if (mine.signal.aborted) tell("Cancelled.");
      else {
        tell("");
        result.append(failureView(error, again));
      }
    } finally {
      clearTimeout(slow);
      if (controller === mine) running(false);
    }
  }

  for (const cancel of view.querySelectorAll(".cancel")) cancel.addEventListener("click", () => controller?.abort());
  return { run, result, tell };
}
