// A bar chart of an answer in the editor: the first column with text against the first with numbers.
const MOST = 40;
const NUMERIC = /#(integer|decimal|double|float|int|long|short|nonNegativeInteger|positiveInteger)$/;

class Chart {
  priority = 2;
  label = "Chart";

  constructor(yasr) {
    this.yasr = yasr;
  }

  canHandleResults() {
    return Boolean(this.columns());
  }

  // The variables of the bars' names and lengths; undefined where no column is all numbers.
  columns() {
    const rows = this.yasr.results?.getBindings?.() ?? [];
    const names = this.yasr.results?.getVariables?.() ?? [];
    const filled = (name) => rows.filter((row) => row[name]);
    const numeric = (name) =>
      filled(name).length && filled(name).every((row) => NUMERIC.test(row[name].datatype ?? "") && isFinite(row[name].value));
    const value = names.find(numeric);
    const text = names.find((name) => !numeric(name) && filled(name).length);
    return value && text && { text, value };
  }

  // The tab says in words what it is.
  getIcon() {}

  draw() {
    const { text, value } = this.columns();
    const rows = this.yasr.results.getBindings().filter((row) => row[value] && row[text]);
    const longest = Math.max(...rows.map((row) => Math.abs(row[value].value)), 1e-9);
    const list = document.createElement("table");
    list.className = "govuk-table chart";
    const caption = list.createCaption();
    caption.className = "govuk-table__caption";
    caption.textContent = `${value} by ${text}` + (rows.length > MOST ? `, the first ${MOST} of ${rows.length} rows` : "");
    for (const row of rows.slice(0, MOST)) {
      const line = list.insertRow();
      const head = document.createElement("th");
      head.scope = "row";
      head.textContent = row[text].type === "uri" ? row[text].value.split(/[/#]/).pop() : row[text].value;
      const number = Number(row[value].value);
      const bar = document.createElement("span");
      bar.className = "chart__bar";
      bar.style.width = `${(100 * Math.abs(number)) / longest}%`;
      line.append(head);
      line.insertCell().textContent = number.toLocaleString("en-GB");
      const cell = line.insertCell();
      cell.className = "chart__cell";
      cell.setAttribute("aria-hidden", "true");
      cell.append(bar);
    }
    this.yasr.resultsEl.append(list);
  }
}

window.Yasgui?.Yasr.registerPlugin("chart", Chart);
