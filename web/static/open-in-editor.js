// Shows the way from a query in the plain form to the editor, which takes it from the fragment of its address.
for (const way of document.querySelectorAll("[data-open-in-editor]")) {
  const link = way.querySelector("a");
  const query = document.getElementById("query");
  link.addEventListener("click", () => (link.href = `/sparql#query=${encodeURIComponent(query.value)}`));
  way.hidden = false;
}
