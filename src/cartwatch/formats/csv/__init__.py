"""CSV tables with one program or catalyst a row: writes columns that can be read back, and reads any table."""

from .columns import CATALYST, column_of, fields
from .read import Table, TableError, looks_tabular, read_csv, read_table, table_rows
from .write import ROWS, guarded, table, unguarded

__all__ = [
    "CATALYST",
    "ROWS",
    "Table",
    "TableError",
    "column_of",
    "fields",
    "guarded",
    "looks_tabular",
    "read_csv",
    "read_table",
    "table",
    "table_rows",
    "unguarded",
]
