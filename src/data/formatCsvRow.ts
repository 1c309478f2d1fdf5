/** A cell needs quotes when it holds a separator or a quote, or blanks at its edges that readers may drop. */
const NEEDS_QUOTES = /[",\n\r]|^\s|\s$/;

/**
 * One line of CSV, with its LF. Cells are quoted only where needed, quotes in them are doubled.
 * A row of one empty cell is written `""`, as an empty line is no row.
 */
export function formatCsvRow(cells: readonly string[]): string {
  if (cells.length === 1 && cells[0] === '') return '""\n';
  let line = '';
  for (let i = 0; i < cells.length; i++) {
    const cell = cells[i]!;
    if (i > 0) line += ',';
    line += NEEDS_QUOTES.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
  }
  return `${line}\n`;
}
