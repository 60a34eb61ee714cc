//! Whose account at Telegram is whose: two bots never have one, whichever hosts their files lie on. Pure
//! decisions.

use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Bots that may not have the account that their file says, each with the bot that keeps it.
///
/// `has` is what counts now, `wanted` what files say. A bot keeps its account until its file says another one
/// and that is accepted; so one refusal may bring about the next.
pub fn refused(has: &BTreeMap<&str, i64>, wanted: &BTreeMap<&str, i64>) -> BTreeMap<String, String> {
    let mut bots: HashMap<i64, BTreeSet<&str>> = HashMap::new();
    let kept = has.iter().filter(|(slug, _)| !wanted.contains_key(*slug));
    for (slug, account) in kept.chain(wanted) {
        bots.entry(*account).or_default().insert(slug);
    }
    let is_new = |slug: &str| wanted.get(slug).is_some_and(|account| has.get(slug) != Some(account));
    let mut unsure: BTreeSet<&str> = wanted.keys().copied().filter(|slug| is_new(slug)).collect();
    let mut refused = BTreeMap::new();
    while let Some(slug) = unsure.pop_first() {
        let Some(of_one) = wanted.get(slug).and_then(|account| bots.get_mut(account)) else { continue };
        let Some(other) = of_one.iter().find(|other| **other != slug) else { continue };
        refused.insert(slug.to_owned(), (*other).to_owned());
        of_one.remove(slug);
        if let Some(account) = has.get(slug) {
            // It keeps what it has: whoever wanted that is looked at again.
            let of_one = bots.entry(*account).or_default();
            unsure.extend(of_one.iter().filter(|other| is_new(other) && !refused.contains_key(**other)));
            of_one.insert(slug);
        }
    }
    refused
}

/// Free bots that nobody may take yet: those whose account another one's lease still has, and of free ones with
/// one account all but the first.
pub fn waiting(has: &BTreeMap<&str, i64>, leased: &BTreeMap<&str, i64>) -> BTreeSet<String> {
    let mut first: HashMap<i64, &str> = leased.iter().map(|(slug, account)| (*account, *slug)).collect();
    let free = has.iter().filter(|(slug, _)| !leased.contains_key(*slug));
    let waits = free.filter(|(slug, account)| first.entry(**account).or_insert(slug) != *slug);
    waits.map(|(slug, _)| (*slug).to_owned()).collect()
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
    fn one_refusal_brings_about_the_next_however_many_there_are() {
        let slugs: Vec<String> = (0..50_000).map(|n| format!("b{n:05}")).collect();
        let slugs: Vec<&str> = slugs.iter().map(String::as_str).collect();
        let has: BTreeMap<&str, i64> = slugs.iter().copied().zip(0..).collect();
        // Each wants the next one's account, and the last one that of a bot that stays.
        let mut wanted: BTreeMap<&str, i64> = slugs.iter().copied().zip(1..).collect();
        wanted.remove(slugs[49_999]);
        assert_eq!(refused(&has, &wanted).len(), 49_999);
        wanted.insert(slugs[49_999], 0);
        assert!(refused(&has, &wanted).is_empty(), "all in a circle");
    }

    // SPEC: F1, F9
    #[test]
    fn a_free_bot_waits_for_the_one_that_has_its_account() {
        let map = |list: &[(&'static str, i64)]| list.iter().copied().collect::<BTreeMap<&str, i64>>();
        let names = |has: &[_], leased: &[_]| waiting(&map(has), &map(leased)).into_iter().collect::<Vec<_>>();
        assert_eq!(names(&[("a", 1), ("b", 2)], &[("a", 1)]), Vec::<String>::new());
        assert_eq!(names(&[("a", 3), ("c", 1)], &[("a", 1)]), ["c"], "still run with the account before");
        assert_eq!(names(&[("c", 1)], &[("gone", 1)]), ["c"], "of one that is gone");
        assert_eq!(names(&[("a", 1), ("b", 1), ("d", 4)], &[]), ["b"], "published twice, before that was refused");
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
        let twins = [("a", 1), ("b", 1), ("c", 2), ("d", 3)];
        assert_eq!(names(&twins, &[("a", 2), ("b", 3)]), ["a", "b"], "both of two that have one");
        assert_eq!(names(&twins[..3], &[("a", 2), ("b", 2), ("c", 2)]), ["a", "b"]);
    }
}
