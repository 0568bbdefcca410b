// Suggests names of pages under a search field while somebody types (ARIA combobox with a listbox); without this file the
// form works as it stands. Enter without a chosen suggestion searches; Escape closes the list and leaves what was typed.
const PAUSE = 150;

for (const field of document.querySelectorAll("[data-suggest]")) enhance(field);

function enhance(field) {
  const input = field.querySelector("input[type=search]");
  const list = document.createElement("ul");
  const told = document.createElement("div");
  let chosen = -1;
  let waiting = 0;
  let asking = null;

  list.id = `${input.id}-suggestions`;
  list.className = "search-field__list";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Pages that begin so");
  list.hidden = true;
  told.className = "govuk-visually-hidden";
  told.setAttribute("role", "status");
  field.append(list, told);
  const attributes = {
    role: "combobox",
    "aria-autocomplete": "list",
    "aria-expanded": "false",
    "aria-controls": list.id,
    "aria-haspopup": "listbox",
  };
  for (const [name, value] of Object.entries(attributes)) input.setAttribute(name, value);

  function close() {
    list.hidden = true;
    chosen = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  function choose(place) {
    const options = list.children;
    if (chosen >= 0) options[chosen].setAttribute("aria-selected", "false");
    chosen = place;
    if (chosen < 0) return input.removeAttribute("aria-activedescendant");
    options[chosen].setAttribute("aria-selected", "true");
    input.setAttribute("aria-activedescendant", options[chosen].id);
    options[chosen].scrollIntoView({ block: "nearest" });
  }

  function show(found) {
    list.replaceChildren(
      ...found.map((each, place) => {
        const option = document.createElement("li");
        const kind = document.createElement("small");
        option.id = `${list.id}-${place}`;
        option.setAttribute("role", "option");
        option.setAttribute("aria-selected", "false");
        option.dataset.href = each.href;
        kind.textContent = each.kind;
        option.append(each.name, " ", kind);
        return option;
      }),
    );
    chosen = -1;
    input.removeAttribute("aria-activedescendant");
    list.hidden = !found.length;
    input.setAttribute("aria-expanded", String(!list.hidden));
    told.textContent = found.length ? `${found.length} ${found.length === 1 ? "page" : "pages"} to choose from with the arrow keys` : "";
  }

  async function ask() {
    asking?.abort();
    asking = new AbortController();
    const typed = input.value.trim();
    if (typed.length < 2) return close();
    // The form's fields, so that the snapshot that a page is of goes along.
    const parameters = new URLSearchParams({ q: typed });
    for (const name of ["snapshot", "draft"]) {
      const given = input.form?.elements.namedItem(name)?.value;
      if (given) parameters.set(name, given);
    }
    try {
      const answer = await fetch(`${field.dataset.suggest}?${parameters}`, { signal: asking.signal });
      if (answer.ok && document.activeElement === input) show((await answer.json()).suggestions);
    } catch {
      close();
    }
  }

  input.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(ask, PAUSE);
  });
  input.addEventListener("keydown", (event) => {
    const last = list.children.length - 1;
    if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      close();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (list.hidden) {
        ask();
      } else if (event.key === "ArrowDown") {
        choose(chosen === last ? -1 : chosen + 1);
      } else {
        choose(chosen === -1 ? last : chosen - 1);
      }
      event.preventDefault();
    } else if (event.key === "Enter" && chosen >= 0) {
      event.preventDefault();
      location.assign(list.children[chosen].dataset.href);
    }
  });
  input.addEventListener("blur", () => setTimeout(close, 150));
  list.addEventListener("pointerdown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) location.assign(option.dataset.href);
  });
}
