"""CSV tables with one program or catalyst a row: writes columns that can be read back, and reads any table."""

from .columns import CATALYST, IGNORED, column_of, fields
from .decode import Header, header_in
from .read import Table, TableError, incoming_of, looks_tabular, read_csv, read_table, table_of, table_rows
from .write import NONE, ROWS, cell_text, guarded, table, unguarded

__all__ = [
    "CATALYST",
    "IGNORED",
    "NONE",
    "ROWS",
    "Header",
    "Table",
    "TableError",
    "cell_text",
    "column_of",
    "fields",
    "guarded",
    "header_in",
    "incoming_of",
    "looks_tabular",
    "read_csv",
    "read_table",
    "table",
    "table_of",
    "table_rows",
    "unguarded",
]
