//! Names that are longer than anybody reads.

const MOST: usize = 44;
/// What is left of the end, where a file's kind stands.
const END: usize = 12;

/// At most some forty signs: the beginning and the end.
pub fn shortened(name: &str) -> String {
    let count = name.chars().count();
    if count <= MOST {
        return name.to_owned();
    }
    let start: String = name.chars().take(MOST - END - 1).collect();
    let end: String = name.chars().skip(count - END).collect();
    format!("{start}…{end}")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Counted in signs, not in bytes, and the ending stays.
    #[test]
    fn long_names_keep_both_ends() {
        assert_eq!(shortened("qr.png"), "qr.png");
        let long = format!("{}.json", "न".repeat(200));
        let short = shortened(&long);
        assert_eq!(short.chars().count(), MOST);
        assert!(short.contains(".json") && short.contains('…'));
    }
}
