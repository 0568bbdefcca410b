// Turns the form for a query into an editor with completion, tabs and charts; without this file the form does all.
const PLAIN = "whatworks-plain-form";
const LONGEST_ADDRESS = 2000;

const form = document.querySelector("form[data-editor]");
if (form && window.Yasgui) begin(form);

function begin(form) {
  const failed = form.querySelector(".govuk-error-message");
  const area = form.querySelector("textarea");
  const root = document.createElement("div");
  root.className = "editor";
  root.hidden = true;
  const change = element("button", { type: "button", className: "govuk-button govuk-button--secondary" });
  form.before(root, change);
  let editor;

  const show = (plain) => {
    if (plain && editor) area.value = query(editor) || area.value;
    form.hidden = !plain;
    root.hidden = plain;
    change.textContent = plain ? "Use the editor" : "Use the plain form";
    if (plain) return;
    if (editor) editor.getTab().getYasqe().setValue(area.value);
    else editor = open(root, area.value, area.value !== area.defaultValue || failed);
    editor.getTab().getYasqe().refresh();
  };
  change.addEventListener("click", () => {
    const plain = form.hidden;
    localStorage.setItem(PLAIN, plain ? "yes" : "");
    show(plain);
    (plain ? area : root.querySelector("textarea")).focus();
  });
  show(Boolean(failed) || localStorage.getItem(PLAIN) === "yes");
}

function query(editor) {
  return editor.getTab()?.getYasqe()?.getValue();
}

// The editor in `root`, with the tabs of the last visit; `text` is in the first where there are none, and in a new one
// where it is the reader's own.
function open(root, text, own) {
  const offered = fetch("/editor.json").then((answer) => answer.json());
  register(window.Yasgui.Yasqe, offered);
  const hint = element("p", { className: "govuk-hint", id: "editor-hint" });
  hint.textContent =
    "Control and space completes a name, Control and Enter runs the query. Tab indents; to leave the editor by keyboard, press Escape (twice where a list is open), then Tab.";
  const found = element("div", { className: "editor__found", role: "status" });
  const place = element("div", {});
  root.append(examples(offered, (chosen) => editor.addTab(true, tab(chosen.title, chosen.query))), hint, place, found);
  const endpoint = `${location.origin}/sparql`;
  const read = new URLSearchParams(location.search).get("snapshot");
  const args = read ? [{ name: "snapshot", value: read }] : [];
  // Editor → its last query that was answered, and the snapshot of the answer: what leads to an answer leads to this one.
  const answered = new WeakMap();
  const snapshot = (yasqe) => {
    const last = answered.get(yasqe);
    return read ?? (last?.text === yasqe.getValue() ? last.snapshot : null);
  };
  const editor = new window.Yasgui(place, {
    persistenceId: "whatworks",
    populateFromUrl: location.hash.includes("query="),
    copyEndpointOnNewTab: false,
    endpointCatalogueOptions: { getData: () => [{ endpoint }] },
    requestConfig: {
      endpoint,
      method: (asking) => (query(asking).length > LONGEST_ADDRESS ? "POST" : "GET"),
      args,
      acceptHeaderGraph: "text/turtle",
      acceptHeaderSelect: "application/sparql-results+json",
    },
    yasqe: {
      value: text,
      autocompleters: ["variables", "site-prefixes", "site-classes", "site-properties"],
      prefixCcApi: null,
      screenReaderLabel: "Query",
      createShortLink: (yasqe) => shortLink(yasqe.getValue(), snapshot(yasqe)),
    },
    yasr: { pluginOrder: ["table", "chart", "map", "response"] },
  });
  offered.then(({ prefixes }) => Object.assign(editor.config.yasr.prefixes, prefixes));
  if (own) editor.addTab(true, tab("Query", text));
  const asking = new WeakMap();
  editor.on("query", (_, tab) => {
    asking.set(tab, tab.getYasqe().getValue());
    begun(tab, found);
  });
  editor.on("queryAbort", (_, tab) => tab.getYasr() && say(tab, found, "The query was stopped."));
  // The event comes before the answer is taken in.
  editor.on("queryResponse", (_, tab) =>
    queueMicrotask(() => {
      const answer = tab.getYasr().results?.res;
      const of = { text: asking.get(tab), snapshot: answer?.headers?.get?.("X-Snapshot") };
      answered.set(tab.getYasqe(), of);
      ended(tab, found, answer, of);
    }),
  );
  const finish = () => {
    // Each tab sets one of its own, to the query in the editor, when it is opened.
    const config = editor.getTab()?.getYasqe()?.config;
    if (config) config.createShareableLink = (yasqe) => address(yasqe.getValue(), snapshot(yasqe));
    name(root);
  };
  new MutationObserver(finish).observe(root, { childList: true, subtree: true });
  finish();
  return editor;
}

function tab(title, text) {
  return { name: title, yasqe: { value: text } };
}

// What the editor completes: this site's own names; nothing is asked of another.
function register(Yasqe, offered) {
  const iris = (kind) => async (_, token) => {
    const typed = token.autocompletionString.toLowerCase();
    const all = (await offered)[kind];
    const near = ({ iri, label }) => iri.toLowerCase().startsWith(typed) || label.toLowerCase().startsWith(typed);
    return all.filter(near).sort((one, other) => (other.uses ?? 0) - (one.uses ?? 0)).map(({ iri }) => iri);
  };
  Yasqe.forkAutocompleter("class", { name: "site-classes", get: iris("classes"), autoShow: true }, false);
  Yasqe.forkAutocompleter("property", { name: "site-properties", get: iris("properties"), autoShow: true }, false);
  const prefixes = async () => Object.entries((await offered).prefixes).map(([prefix, iri]) => `${prefix}: <${iri}>`);
  Yasqe.forkAutocompleter("prefixes", { name: "site-prefixes", get: prefixes, persistenceId: null }, false);
}

// A list of the published questions; one that is chosen opens in a tab of its own.
function examples(offered, choose) {
  const list = element("select", { className: "govuk-select", id: "editor-example" });
  list.append(element("option", { textContent: "Choose a question", value: "" }));
  const label = element("label", { className: "govuk-label", htmlFor: list.id, textContent: "Start from a question" });
  offered.then(({ questions }) => {
    for (const [number, { title, needs }] of questions.entries())
      list.append(element("option", { textContent: needs ? `${title} (waits for data)` : title, value: number }));
    list.addEventListener("change", () => list.value && choose(questions[list.value]));
  });
  const group = element("div", { className: "govuk-form-group" });
  group.append(label, list);
  return group;
}

// A query runs: what stands below is of the one before, so it is put away.
function begun(tab, place) {
  tab.getYasr().rootEl.hidden = true;
  say(tab, place, "Running…");
  // A query that is stopped has no answer; by this reason the editor shows none.
  const { abortController: controller } = tab.getYasqe();
  controller.abort = () => AbortController.prototype.abort.call(controller, new Error("Aborted"));
}

// Says why nothing was found and what to look at again, where the answer says so, and leads to the same answer as a page.
function ended(tab, place, answer, { text, snapshot }) {
  tab.getYasr().rootEl.hidden = false;
  const why = answer?.headers?.get?.("X-Empty-Because");
  const warning = answer?.headers?.get?.("X-Warning");
  const line = say(tab, place, `${why ? `Nothing was found. ${why} ` : ""}${warning ? `Warning: ${warning} ` : ""}`);
  const page = element("a", { className: "govuk-link", textContent: "This answer as a page" });
  page.href = address(text, snapshot);
  if (answer?.status === 200 && page.href.length < 4 * LONGEST_ADDRESS) line.append(page);
}

function say(tab, place, words) {
  const line = element("p", { className: "govuk-body", textContent: words });
  tab.getYasr().rootEl.before(place);
  place.replaceChildren(line);
  return line;
}

// Where the answer to a query is, as at a snapshot where one is given.
function address(text, snapshot) {
  const asked = new URLSearchParams({ query: text, ...(snapshot ? { snapshot } : {}) });
  return `${location.origin}/sparql?${asked}`;
}

// The short link to a query, which names the snapshot that its answer here was read from.
async function shortLink(text, snapshot) {
  const answer = await fetch("/q", { method: "POST", body: new URL(address(text, snapshot)).searchParams });
  if (!answer.ok) throw new Error(await answer.text());
  return answer.url;
}

// Names for what the editor leaves nameless, links that stay on this site, and buttons that hide no word of the query.
function name(root) {
  for (const buttons of root.querySelectorAll(".CodeMirror > .yasqe_buttons")) buttons.closest(".yasqe").append(buttons);
  const names = {
    ".CodeMirror textarea": "Query",
    ".yasqe_queryButton": "Run query",
    ".yasqe_share": "Address of this query",
    ".yasqe_expandQuery": "Larger editor",
    ".addTab": "New tab",
    ".tabMenu": "Tabs",
    ".tabFilter, .tableFilter": "Show rows with",
    ".tableSizer": "Rows shown",
    ".yasr_downloadIcon": "Download",
    ".tabsList input": "Name of the tab",
    ".controlbar input, .controlbar select": "Setting",
  };
  for (const [selector, text] of Object.entries(names))
    for (const each of root.querySelectorAll(selector)) {
      if (each.getAttribute("aria-label") !== text) each.setAttribute("aria-label", text);
    }
  for (const each of root.querySelectorAll(".CodeMirror textarea")) each.setAttribute("aria-describedby", "editor-hint");
  // What an answer names is described here.
  for (const link of root.querySelectorAll(".yasr a.iri[target]")) {
    link.href = `/resource?uri=${encodeURIComponent(link.getAttribute("href"))}`;
    link.removeAttribute("target");
  }
}

function element(tag, properties) {
  return Object.assign(document.createElement(tag), properties);
}
