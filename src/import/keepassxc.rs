//! KeePassXC's CSV: `"Group","Title","Username","Password","URL","Notes","TOTP",…`.
//!
//! Source: KeePassXC's `CsvExporter.cpp`; "TOTP" is an otpauth URI, Steam's
//! codes marked `encoder=steam`.

use super::table::Table;
use super::{Format, ImportError, Imported};

/// `None` where this is no such CSV.
pub fn read_csv(text: &str, first_line: &str) -> Option<Result<Imported, ImportError>> {
    let columns = ["Title", "Username", "TOTP"];
    columns
        .iter()
        .all(|column| first_line.contains(column))
        .then(|| Table::read(text, columns, Format::KeePassXc))?
        .transpose()
}
