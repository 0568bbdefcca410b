"""Queries made of one thing repeated, each with what is repeated most: they end a parser, or take it hours."""

from collections.abc import Callable

NESTED: dict[str, Callable[[int], str]] = {
    "groups": lambda n: "ASK" + "{" * n + "}" * n,
    "optionals": lambda n: "ASK{" + "OPTIONAL{" * n + "?s ?p ?o" + "}" * n + "}",
    "subqueries": lambda n: "SELECT*{" + "{SELECT*{" * n + "}}" * n + "}",
    "exists": lambda n: "ASK{" + "FILTER EXISTS{" * n + "?s ?p ?o" + "}" * n + "}",
    "graphs": lambda n: "ASK{" + "GRAPH ?g{" * n + "}" * n + "}",
    "brackets": lambda n: "ASK{FILTER(" + "(" * n + "1" + ")" * n + ")}",
    "calls": lambda n: "ASK{FILTER(" + "STR(" * n + "1" + ")" * n + ")}",
    "conditions": lambda n: "ASK{FILTER(" + "IF(1,1," * n + "1" + ")" * n + ")}",
    "brackets-after-less": lambda n: "ASK{FILTER(1<" + "(" * n + "1" + ")" * n + ">0)}",
    "path-brackets": lambda n: "ASK{?s " + "(" * n + "<x:p>" + ")" * n + " ?o}",
    "path-inverses": lambda n: "ASK{?s " + "^(" * n + "<x:p>" + ")" * n + " ?o}",
    "path-repetitions": lambda n: "ASK{?s " + "(" * n + "<x:p>" + ")*" * n + " ?o}",
    "nodes": lambda n: "ASK{?s ?p " + "[?p " * n + "1" + "]" * n + "}",
    "collections": lambda n: "ASK{?s ?p " + "(" * n + ")" * n + "}",
    "quoted-triples": lambda n: "ASK{" + "<<" * n + "?s ?p ?o" + ">>?p ?o" * n + "}",
    "triple-terms": lambda n: "ASK{?s ?p " + "<<(?s ?p " * n + "?o" + ")>>" * n + "}",
}

REPEATED: dict[str, Callable[[int], str]] = {
    "negations": lambda n: "ASK{FILTER(" + "!" * n + "true)}",
    "signs": lambda n: "ASK{FILTER(" + "- " * n + "1)}",
    "alternatives": lambda n: "ASK{FILTER(" + "||".join(["?x"] * n) + ")}",
    "conditions-joined": lambda n: "ASK{FILTER(" + "&&".join(["?x"] * n) + ")}",
    "sums": lambda n: "ASK{FILTER(1" + "+1" * n + ")}",
    "sums-by-sign": lambda n: "ASK{FILTER(1" + " -1" * n + ")}",
    "products": lambda n: "ASK{FILTER(" + "*".join(["?x"] * n) + ")}",
    "unions": lambda n: "ASK{" + "UNION".join(["{}"] * n) + "}",
    "groups-in-a-row": lambda n: "ASK{" + "{?s?p?o}" * n + "}",
    "triples": lambda n: "ASK{" + "?s ?p ?o." * n + "}",
    "objects": lambda n: "ASK{?s ?p " + ",".join(["?o"] * n) + "}",
    "properties": lambda n: "ASK{?s " + ";".join(["?p ?o"] * n) + "}",
    "members": lambda n: "ASK{?s ?p (" + "1 " * n + ")}",
    "nodes-in-a-row": lambda n: "ASK{" + "[?p ?o]." * n + "}",
    "optionals-in-a-row": lambda n: "ASK{" + "OPTIONAL{?s ?p ?o}" * n + "}",
    "filters": lambda n: "ASK{" + "FILTER(1)" * n + "}",
    "values-blocks": lambda n: "ASK{" + "VALUES ?x{1}" * n + "}",
    "bindings": lambda n: "ASK{" + "".join(f"BIND(1 AS ?x{i})" for i in range(n)) + "}",
    "path-steps": lambda n: "ASK{?s " + "/".join(["<x:p>"] * n) + " ?o}",
    "path-alternatives": lambda n: "ASK{?s " + "|".join(["a"] * n) + " ?o}",
    "path-inverse-signs": lambda n: "ASK{?s " + "^" * n + "<x:p> ?o}",
    "path-exclusions": lambda n: "ASK{?s !(" + "|".join(["<x:p>"] * n) + ") ?o}",
    "columns": lambda n: "SELECT " + "".join(f"?x{i} " for i in range(n)) + "{}",
    "computed-columns": lambda n: "SELECT " + "".join(f"(1 AS ?x{i})" for i in range(n)) + "{}",
    "keys": lambda n: "SELECT (COUNT(*) AS ?n){}GROUP BY " + "".join(f"?x{i} " for i in range(n)),
    "sort-keys": lambda n: "SELECT*{}ORDER BY " + "".join(f"?x{i} " for i in range(n)),
    "conditions-on-groups": lambda n: "SELECT (COUNT(*) AS ?n){}HAVING " + "(1)" * n,
    "described": lambda n: "DESCRIBE " + "<x:a> " * n,
    "graphs-read": lambda n: "ASK " + "".join(f"FROM <x:{i}> " for i in range(n)) + "{}",
    "prefixes": lambda n: "".join(f"PREFIX p{i}: <x:> " for i in range(n)) + "ASK{}",
    "made-triples": lambda n: "CONSTRUCT{" + "<x:s> <x:p> 1." * n + "}{}",
}

UNCLEAR: dict[str, Callable[[int], str]] = {
    "escapes-in-an-open-string": lambda n: 'ASK{FILTER("' + '1\\"' * n,
    "dots": lambda n: "ASK{FILTER(" + "1." * n,
    "middle-dots": lambda n: "ASK{FILTER(" + "1·" * n,
    "service-run-on": lambda n: "ASK{?s ?p ?o SERVICE" + "a" * n + " x",
    "services-run-on": lambda n: "ASK{?s ?p ?o ." + "service" * n + " x",
    "service-and-spaces": lambda n: "ASK{service" + " " * n + "x",
    "service-and-comments": lambda n: "ASK{service" + "#\n" * n + "x",
    "service-and-escapes": lambda n: "ASK{service" + "\\a" * n + " x",
    "comparisons-or-iris": lambda n: "ASK{FILTER(" + "(1<a)#>\n" * n + "service)}",
    "prologue-of-names": lambda n: "a: " * n,
    "brackets-in-iris": lambda n: "ASK{FILTER(" + "1<(a>" * n + "service)}",
    "quotes-in-a-long-string": lambda n: "ASK{?s ?p '''" + "''\\'" * n,
}

HIDDEN: dict[str, Callable[[int], str]] = {
    "operators": lambda n: "ASK{FILTER(?c<'>' " + "|| ?x " * n + "|| 'end')}",
    "brackets": lambda n: "ASK{FILTER(?c<'>' || " + "(" * n + "1" + ")" * n + " || 'end')}",
}
"""What stands in a string in one reading, and in none in that of the parser."""

HARMLESS: dict[str, Callable[[int], str]] = {
    "rows": lambda n: "ASK{VALUES ?x{" + "1 " * n + "}}",
    "wide-rows": lambda n: "ASK{VALUES(?x ?y){" + "(1 2)" * n + "}}",
    "listed": lambda n: "ASK{FILTER(1 IN (" + ",".join(["1"] * n) + "))}",
    "joined": lambda n: "ASK{FILTER(CONCAT(" + ",".join(["'x'"] * n) + ") != '')}",
    "a-long-string": lambda n: "ASK{BIND('" + "x" * n + "' AS ?x)}",
    "a-long-comment": lambda n: "ASK{} #" + "x" * n,
    "a-long-name": lambda n: "ASK{OPTIONAL{?s <x:" + "x" * n + "> ?o}}",
}
