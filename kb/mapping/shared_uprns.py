"""UPRNs that several records give: each stands for one thing, so that one of the records has another's."""

from collections.abc import Iterator, Mapping, Sequence

from kb.mapping.values.said import Remark

_NAMED = 5


def shared_uprns(
    uprns: Sequence[str], numbers: Sequence[int], grouped: Mapping[str, Sequence[int]]
) -> Iterator[tuple[int, Remark]]:
    """Position of each row whose UPRN a row of another record gives too, and what is said of it.

    `uprns` and `numbers` are those of the rows, `grouped` the positions of the rows of each record.
    """
    users: dict[str, dict[str, int]] = {}
    for slug, rows in grouped.items():
        for row in rows:
            if uprns[row]:
                users.setdefault(uprns[row], {}).setdefault(slug, row)
    for uprn, by_record in users.items():
        if len(by_record) > 1:
            rows = sorted(by_record.values())
            for row in rows:
                others = [str(numbers[each]) for each in rows if each != row]
                more = f" and {len(others) - _NAMED} more" if len(others) > _NAMED else ""
                where = f"{'row' if len(others) == 1 else 'rows'} {', '.join(others[:_NAMED])}{more}"
                yield row, Remark("note", f"UPRN {uprn} is also that of {where}: see whose it is.")
