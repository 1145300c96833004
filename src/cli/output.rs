//! Everything that the command line writes goes through here.

use std::fmt::Write as _;
use std::io::{self, IsTerminal as _, Write};

use serde::Serialize;
use zeroize::Zeroizing;

use super::error::{CliError, ErrorJson};

/// A line of the result.
///
/// # Errors
/// [`CliError::OutputClosed`] where nobody reads any more, otherwise
/// [`CliError::Output`].
pub fn out(line: &str) -> Result<(), CliError> {
    write_line(&mut io::stdout().lock(), line).map_err(|error| match error.kind() {
        io::ErrorKind::BrokenPipe => CliError::OutputClosed,
        kind => CliError::Output(kind),
    })
}

/// A line for the person, not for the next program in the pipe.
pub fn say(line: &str) {
    // Where even this is closed, there is nobody left to tell.
    let _ = write_line(&mut io::stderr().lock(), line);
}

/// The result as JSON.
///
/// # Errors
/// See [`out`].
pub fn out_json(value: &impl Serialize) -> Result<(), CliError> {
    // Codes and the texts of QR codes go through here too.
    let mut text = Zeroizing::new(Vec::with_capacity(16 * 1024));
    serde_json::to_writer_pretty(&mut *text, value)
        .map_err(|_| CliError::Output(io::ErrorKind::InvalidData))?;
    out(&String::from_utf8_lossy(&text))
}

/// Why it did not work, for the person.
pub fn complain(error: &CliError) {
    if *error != CliError::OutputClosed {
        say(&format!("kunji: {error}"));
    }
}

/// The same for the next program.
pub fn complain_json(error: &CliError) {
    #[derive(Serialize)]
    struct Failure {
        error: ErrorJson,
    }
    if matches!(error, CliError::Output(_) | CliError::OutputClosed) {
        complain(error);
    } else {
        let _ = out_json(&Failure {
            error: error.into(),
        });
    }
}

fn write_line(to: &mut dyn Write, line: &str) -> io::Result<()> {
    to.write_all(line.as_bytes())?;
    to.write_all(b"\n")?;
    to.flush()
}

/// Names come out of QR codes: what could steer the terminal is not shown, and
/// what cannot be seen is left out.
pub fn plain(text: &str) -> String {
    text.chars()
        .filter(|&c| !is_invisible(c))
        .map(|c| if steers(c) { '\u{fffd}' } else { c })
        .collect()
}

fn steers(c: char) -> bool {
    c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Zero-width characters, marks of direction and tags.
const fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{200b}'..='\u{200f}'
            | '\u{61c}'
            | '\u{feff}'
            | '\u{2060}'..='\u{2064}'
            | '\u{e0000}'..='\u{e007f}'
    )
}

/// The text as it is for a program, made harmless for a terminal.
pub fn plain_on_terminal(text: &str) -> Zeroizing<String> {
    Zeroizing::new(if io::stdout().is_terminal() {
        plain(text)
    } else {
        text.to_owned()
    })
}

/// No cell is wider: one long name must not widen every row.
const MOST_IN_A_CELL: usize = 60;

fn fitting(cell: &str) -> String {
    if cell.chars().count() <= MOST_IN_A_CELL {
        return cell.to_owned();
    }
    let start: String = cell.chars().take(MOST_IN_A_CELL - 1).collect();
    format!("{start}…")
}

/// Aligned columns under their titles.
pub fn table<const N: usize>(titles: [&str; N], rows: &[[String; N]]) -> String {
    let rows: Vec<[String; N]> = rows
        .iter()
        .map(|row| row.each_ref().map(|cell| fitting(cell)))
        .collect();
    let mut widths = titles.map(|title| title.chars().count());
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let mut text = String::new();
    let titles = titles.map(str::to_owned);
    for row in std::iter::once(&titles).chain(&rows) {
        let mut line = String::new();
        for (width, cell) in widths.iter().zip(row) {
            let _ = write!(line, "{cell:width$}  ");
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text.truncate(text.trim_end().len());
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_aligned() {
        let row = |a: &str, b: &str| [a.to_owned(), b.to_owned()];
        let text = table(["Name", "Id"], &[row("Asha's", "1"), row("ौौ", "22")]);
        assert_eq!(text, "Name    Id\nAsha's  1\nौौ      22");
    }

    /// A label may hold an escape sequence: it must not reach the terminal.
    #[test]
    fn nothing_steers_the_terminal() {
        assert_eq!(plain("a\u{1b}[2Jb\u{202e}c"), "a\u{fffd}[2Jb\u{fffd}c");
        assert_eq!(plain("Asha Ráo ✓"), "Asha Ráo ✓");
    }

    /// Nor may two names look the same and take different room.
    #[test]
    fn what_cannot_be_seen_is_left_out() {
        for ends in [
            ['\u{200b}', '\u{200f}'],
            ['\u{61c}', '\u{feff}'],
            ['\u{2060}', '\u{2064}'],
            ['\u{e0000}', '\u{e007f}'],
        ] {
            for c in ends {
                assert_eq!(plain(&format!("As{c}ha")), "Asha", "{:x}", u32::from(c));
            }
        }
    }
}
