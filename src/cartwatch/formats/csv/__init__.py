"""CSV tables with one program or catalyst a row: writes columns that can be read back, and reads any table."""

from .columns import CATALYST, column_of, fields
from .decode import Header, header_in
from .read import Table, TableError, incoming_of, looks_tabular, read_csv, read_table, table_of, table_rows
from .write import ROWS, guarded, table, unguarded

__all__ = [
    "CATALYST",
    "ROWS",
    "Header",
    "Table",
    "TableError",
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
