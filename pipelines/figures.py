"""What a folder of figures holds, for report: tables, claims, pictures, and how they were made."""
import collections
import csv
import os
import re
import xml.etree.ElementTree as xml

CLAIM_COLUMNS = "figure claim dataset noise_kind noise statistic estimate low high n verdict".split()

Table = collections.namedtuple("Table", "header rows raw")
Result = collections.namedtuple("Result", "name figure table claims svg made")


class Broken(Exception):
    """What is wrong with a file, in one line."""


def read(path):
    try:
        with open(path, "rb") as file:
            return file.read()
    except FileNotFoundError:
        return None


def read_table(path):
    raw = read(path)
    if raw is None:
        return None
    try:
        rows = list(csv.reader(raw.decode("utf-8").splitlines(keepends=True), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise Broken(f"{path}: {error}") from None
    if not rows:
        raise Broken(f"{path}: empty")
    for number, row in enumerate(rows, 1):
        if len(row) != len(rows[0]):
            raise Broken(f"{path}: record {number} has {len(row)} fields, the header {len(rows[0])}")
    return Table(rows[0], [dict(zip(rows[0], row)) for row in rows[1:]], raw)


def read_claims(path):
    table = read_table(path)
    if table and table.header != CLAIM_COLUMNS:
        raise Broken(f"{path}: the columns are not {','.join(CLAIM_COLUMNS)}")
    return table


def read_made(path):
    """The lines 'key: value' that say how a figure was made."""
    text = (read(path) or b"").decode("utf-8", "replace")
    return dict(line.split(": ", 1) for line in text.splitlines() if ": " in line)


def read_svg(path, prefix):
    """The picture as elements of an HTML page: without namespaces, and with ids that are the page's only ones."""
    raw = read(path)
    if raw is None:
        return None
    try:
        svg = xml.fromstring(raw)
    except xml.ParseError as error:
        raise Broken(f"{path}: {error}") from None
    values = [value for element in svg.iter() for value in element.attrib.values()]
    used = {match for value in values for match in re.findall(r"^#(.+)$|url\(\s*[\"']?#([^\"')]+)", value)}
    used = {name for pair in used for name in pair}
    for parent in list(svg.iter()):
        for child in list(parent):
            if child.tag.rpartition("}")[2] in ("title", "desc", "metadata"):
                parent.remove(child)
    for element in svg.iter():
        element.tag = element.tag.rpartition("}")[2]
        attributes = {key.rpartition("}")[2]: value for key, value in element.attrib.items()}
        if element.tag in ("script", "style", "foreignObject", "image", "a") or any(key.startswith("on") for key in attributes):
            raise Broken(f"{path}: a picture with a <{element.tag}> cannot be shown safely")
        if attributes.get("id") not in used:
            attributes.pop("id", None)
        element.attrib.clear()
        for key, value in attributes.items():
            if key == "id":
                value = f"{prefix}-{value}"
            elif key == "href" and not value.startswith("#"):
                raise Broken(f"{path}: refers to {value}")
            elif key == "href":
                value = f"#{prefix}-{value[1:]}"
            else:
                value = re.sub(r"url\(\s*[\"']?#([^)\"']+)[\"']?\s*\)", rf"url(#{prefix}-\1)", value)
                if re.search(r"url\((?!#)", value):
                    raise Broken(f"{path}: refers to {value}")
            element.set(key, value)
    svg.attrib.pop("width", None)
    svg.attrib.pop("height", None)
    svg.set("role", "img")
    return svg


def read_results(folder, catalogue):
    """Every figure of the folder, in the catalogue's order; under its own name first."""
    names = {match[1] for match in (re.fullmatch(r"([^.].*?)(-claims\.csv|\.csv|\.svg)", file) for file in os.listdir(folder)) if match}
    order = list(dict.fromkeys(claim["figure"] for claim in catalogue))
    results = []
    for name in names:
        base = os.path.join(folder, name)
        table, claims, made = read_table(base + ".csv"), read_claims(base + "-claims.csv"), read_made(base + ".txt")
        figure = made.get("figure") or (claims.rows[0]["figure"] if claims and claims.rows else name)
        results.append(Result(name, figure, table, claims, read_svg(base + ".svg", re.sub(r"[^A-Za-z0-9-]", "_", name)), made))
    place = {figure: index for index, figure in enumerate(order)}
    return sorted(results, key=lambda r: (place.get(r.figure, len(order)), r.name != r.figure, r.name))
