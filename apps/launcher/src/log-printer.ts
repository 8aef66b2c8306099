import { styleText } from 'node:util';
import { renderLogLine } from './log-line.ts';

const COLOURS = ['cyan', 'magenta', 'green', 'yellow', 'blue'] as const;
const NAME_WIDTH = 'scheduler'.length;

interface PrinterOptions {
  out: NodeJS.WritableStream;
  /** Pass the lines on as the processes wrote them; what is not JSON is wrapped in it. */
  json: boolean;
  /** Where the console is, once it is: on a terminal the ids of executions are links to their pages. */
  consoleUrl?: () => string | undefined;
}

/** Prints the lines of many processes on one stream, each under its name; in colour on a terminal (NO_COLOR is honoured). */
export function logPrinter({
  out,
  json,
  consoleUrl = () => undefined,
}: PrinterOptions): (name: string, line: string) => void {
  if (json)
    return (name, line) => void out.write(`${line.startsWith('{') ? line : JSON.stringify({ name, msg: line })}\n`);
  const prefixes = new Map<string, string>();

  function prefixOf(name: string): string {
    const known = prefixes.get(name);
    if (known !== undefined) return known;
    const colour = COLOURS[prefixes.size % COLOURS.length] ?? 'white';
    const prefix = styleText(colour, `${name.padEnd(NAME_WIDTH)} │`, { stream: out });
    prefixes.set(name, prefix);
    return prefix;
  }

  function linked(id: string): string {
    const url = 'isTTY' in out && out.isTTY ? consoleUrl() : undefined;
    return url === undefined ? id : `\u001b]8;;${url}/executions/${id}\u001b\\${id}\u001b]8;;\u001b\\`;
  }

  return (name, line) => {
    const rendered = renderLogLine(line, linked);
    const styled = / (ERROR|FATAL) /.test(rendered.slice(0, 20))
      ? styleText('red', rendered, { stream: out })
      : rendered;
    out.write(
      styled
        .split('\n')
        .map((part) => `${prefixOf(name)} ${part}\n`)
        .join(''),
    );
  };
}
