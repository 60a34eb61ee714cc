//! Whose account at Telegram is whose: two bots never have one, whichever hosts their files lie on. A pure
//! decision.

use std::collections::{BTreeMap, BTreeSet};

/// Bots that may not have the account that their file says, each with the bot that keeps it.
///
/// `has` is what counts now, `wanted` what files say. A bot keeps its account until its file says another one
/// and that is accepted; so one refusal may bring about the next.
pub fn refused(has: &BTreeMap<&str, i64>, wanted: &BTreeMap<&str, i64>) -> BTreeMap<String, String> {
    let mut refused = BTreeMap::new();
    loop {
        let is_refused = |slug: &str| refused.contains_key(slug);
        let of = |slug: &str| wanted.get(slug).filter(|_| !is_refused(slug)).or_else(|| has.get(slug)).copied();
        let slugs: BTreeSet<&str> = has.keys().chain(wanted.keys()).copied().collect();
        let clash = wanted.iter().filter(|(slug, account)| has.get(*slug) != Some(account) && !is_refused(slug));
        let clash = { clash }.find_map(|(slug, account)| {
            let other = slugs.iter().find(|other| *other != slug && of(other) == Some(*account))?;
            Some(((*slug).to_owned(), (*other).to_owned()))
        });
        match clash {
            Some((slug, other)) => refused.insert(slug, other),
            None => return refused,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(has: &[(&'static str, i64)], wanted: &[(&'static str, i64)]) -> Vec<String> {
        let map = |list: &[(&'static str, i64)]| list.iter().copied().collect();
        refused(&map(has), &map(wanted)).into_keys().collect()
    }

    // SPEC: F1, F2
    #[test]
    fn an_account_has_one_bot() {
        let (has, nobody) = ([("a", 1), ("b", 2)], Vec::<String>::new());
        assert_eq!(names(&has, &[("a", 1), ("c", 3)]), nobody);
        assert_eq!(names(&has, &[("c", 1)]), ["c"], "a newcomer");
        assert_eq!(names(&has, &[("a", 2)]), ["a"], "another bot's");
        assert_eq!(names(&has, &[("a", 2), ("b", 1)]), nobody, "swapped");
        assert_eq!(names(&has, &[("a", 3), ("c", 1)]), nobody, "moved to a newcomer");
        assert_eq!(names(&has, &[("a", 2), ("c", 1)]), ["a", "c"], "what is refused frees nothing");
        assert_eq!(names(&[("b", 2)], &[("c", 1)]), nobody, "of one that is gone");
    }
}
