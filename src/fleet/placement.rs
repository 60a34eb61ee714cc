//! Which bots this host takes, and which it gives away. A pure value.
//!
//! Every host comes to the same shares by itself: with `n` bots and `h` hosts each has `n / h`, rounded
//! down or up. A bot moves only when two hosts differ by more than one, so a farm at rest stays at rest.

use super::Living;
use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash, Hasher};

/// Bots that are given away at once: as many as the others start at once, so that none waits long
/// between its hosts.
pub const AT_ONCE: usize = 24;

/// Among the bots that a host cannot run: all of them.
pub const ALL: &str = "*";

/// What a host knows when it decides.
#[derive(Debug)]
pub struct View<'a> {
    /// This host.
    pub me: &'a str,
    /// It hands its bots over.
    pub draining: bool,
    /// The hosts that are alive.
    pub living: &'a [Living],
    /// The names of this host's keys. A host that has none of them opens other secrets, and is no help.
    pub keys: &'a [String],
    /// Every bot that is to run, and the host that has it.
    pub bots: &'a BTreeMap<String, Option<String>>,
    /// Bots that this host cannot run, or leaves to others.
    pub unable: &'a BTreeSet<String>,
    /// Bots of this host that are ending.
    pub releasing: &'a BTreeSet<String>,
    /// Bots that this host has handed over and nobody has taken yet.
    pub untaken: usize,
}

/// What a host does next.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// To be taken, if they are still free.
    pub take: Vec<String>,
    /// To be ended and freed.
    pub release: Vec<String>,
}

/// Another host that takes bots.
struct Other {
    has: usize,
    cannot: BTreeSet<String>,
}

impl Other {
    fn can(&self, slug: &str) -> bool {
        !self.cannot.contains(slug) && !self.cannot.contains(ALL)
    }
}

impl View<'_> {
    /// Decides.
    pub fn plan(&self) -> Plan {
        let helps = |h: &&Living| h.keys.iter().any(|key| self.keys.contains(key));
        let others = self.living.iter().filter(|h| h.host != self.me && !h.draining).filter(helps);
        let count = |host: &str| self.bots.values().filter(|held| held.as_deref() == Some(host)).count();
        let cannot = |h: &'_ Living| -> BTreeSet<String> { h.unable.iter().cloned().collect() };
        let others: Vec<Other> = others.map(|h| Other { has: count(&h.host), cannot: cannot(h) }).collect();
        if self.draining {
            return Plan { take: Vec::new(), release: self.handed_over(&others) };
        }
        let share = self.bots.len().div_ceil(others.len() + 1);
        let has = self.held().count();
        Plan { take: self.to_take(&others, has, share), release: self.to_release(&others, has, share) }
    }

    /// Free bots: up to its share of those that every host can run. Of one that some cannot run shares say
    /// nothing: it is taken by the host that has the fewest of those that can.
    fn to_take(&self, others: &[Other], has: usize, share: usize) -> Vec<String> {
        let free = self.bots.iter().filter(|(slug, held)| held.is_none() && !self.unable.contains(*slug));
        let mut free: Vec<&String> = free.map(|(slug, _)| slug).collect();
        // In an order of its own: hosts that decide at once mostly want others.
        free.sort_by_cached_key(|slug| order(self.me, slug));
        let mut take = Vec::new();
        for slug in free {
            let will_have = has + take.len();
            let is_mine = match others.iter().all(|other| other.can(slug)) {
                true => will_have < share,
                false => others.iter().filter(|other| other.can(slug)).all(|other| will_have <= other.has),
            };
            if is_mine {
                take.push(slug.clone());
            }
        }
        take
    }

    /// Bots that another host can run which has two fewer or less.
    fn to_release(&self, others: &[Other], has: usize, share: usize) -> Vec<String> {
        let lighter = others.iter().filter(|other| has >= other.has + 2);
        let lighter: Vec<&Other> = lighter.filter(|other| self.held().any(|slug| other.can(&slug))).collect();
        let Some(least) = lighter.iter().map(|other| other.has).min() else { return Vec::new() };
        // No more than makes the two even: hosts that can run none of these count in the shares as well.
        let surplus = has.saturating_sub(share).min((has - least) / 2).max(1);
        let surplus = surplus.min(AT_ONCE.saturating_sub(self.releasing.len()));
        let is_wanted = |slug: &String| lighter.iter().any(|other| other.can(slug));
        self.held().filter(is_wanted).take(surplus).collect()
    }

    /// So many at a time that are not taken yet; what nobody takes at last, and all at once.
    fn handed_over(&self, others: &[Other]) -> Vec<String> {
        let wanted = |slug: &String| others.iter().any(|other| other.can(slug));
        if !self.held().any(|slug| wanted(&slug)) {
            return self.held().collect();
        }
        self.held().filter(wanted).take(AT_ONCE.saturating_sub(self.untaken + self.releasing.len())).collect()
    }

    fn held(&self) -> impl Iterator<Item = String> {
        let mine = self.bots.iter().filter(|(_, held)| held.as_deref() == Some(self.me));
        mine.map(|(slug, _)| slug.clone()).filter(|slug| !self.releasing.contains(slug))
    }
}

/// A number that differs from host to host.
fn order(host: &str, slug: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    (host, slug).hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Farm {
        hosts: Vec<Living>,
        bots: BTreeMap<String, Option<String>>,
    }

    impl Farm {
        fn new(hosts: &[&str], bots: usize) -> Self {
            let living = |host: &&str| Living {
                host: (*host).to_owned(),
                instance: 1,
                draining: false,
                left: 9.0,
                keys: vec!["k".to_owned()],
                unable: Vec::new(),
            };
            let hosts = hosts.iter().map(living).collect();
            Self { hosts, bots: (0..bots).map(|n| (format!("b{n:03}"), None)).collect() }
        }

        fn plan(&self, me: &str) -> Plan {
            self.plan_without(me, &BTreeSet::new())
        }

        /// What a host does that leaves these to others.
        fn plan_without(&self, me: &str, unable: &BTreeSet<String>) -> Plan {
            let host = self.hosts.iter().find(|h| h.host == me).unwrap();
            let (draining, keys, none) = (host.draining, host.keys.as_slice(), BTreeSet::new());
            let (living, bots) = (self.hosts.as_slice(), &self.bots);
            let unable = &unable.iter().chain(&host.unable).cloned().collect();
            let untaken = bots.values().filter(|held| held.is_none()).count();
            View { me, draining, living, keys, bots, unable, releasing: &none, untaken }.plan()
        }

        /// Each host acts in turn, until nobody wants to.
        fn settle(&mut self) -> usize {
            let mut moves = 0;
            for _ in 0..1000 {
                let before = moves;
                for host in self.hosts.clone() {
                    let Plan { take, release } = self.plan(&host.host);
                    moves += release.len();
                    release.iter().for_each(|slug| *self.bots.get_mut(slug).unwrap() = None);
                    // It looks again at once, before the others, and leaves to them what it gave away.
                    let again = self.plan_without(&host.host, &release.into_iter().collect()).take;
                    let taken = take.into_iter().chain(again).filter(|slug| self.bots[slug].is_none());
                    for slug in taken.collect::<BTreeSet<_>>() {
                        moves += 1;
                        self.bots.insert(slug, Some(host.host.clone()));
                    }
                }
                if moves == before {
                    return moves;
                }
            }
            panic!("never at rest: {:?}", self.shares());
        }

        fn shares(&self) -> Vec<usize> {
            let count = |h: &Living| self.bots.values().filter(|held| held.as_deref() == Some(&h.host)).count();
            self.hosts.iter().map(count).collect()
        }
    }

    // SPEC: F9
    #[test]
    fn hosts_share_the_bots_evenly_and_stay_at_rest() {
        for (hosts, bots) in [(1, 7), (2, 7), (3, 10), (3, 1), (4, 1000), (7, 100)] {
            let names: Vec<String> = (0..hosts).map(|n| format!("h{n}")).collect();
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            let mut farm = Farm::new(&names[..1], bots);
            farm.settle();
            assert_eq!(farm.shares(), [bots]);
            // The others come one by one.
            for upto in 2..=names.len() {
                farm.hosts = Farm::new(&names[..upto], 0).hosts;
                farm.settle();
                let shares = farm.shares();
                let (least, most) = (shares.iter().min().unwrap(), shares.iter().max().unwrap());
                assert!(most - least <= 1 && shares.iter().sum::<usize>() == bots, "{shares:?}");
                assert_eq!(farm.settle(), 0);
            }
        }
    }

    // SPEC: F9
    #[test]
    fn a_host_that_goes_hands_over_piece_by_piece_and_the_last_one_at_once() {
        let mut farm = Farm::new(&["a", "b"], 100);
        farm.settle();
        farm.hosts[0].draining = true;
        let first = farm.plan("a");
        assert!(first.take.is_empty());
        assert_eq!(first.release.len(), AT_ONCE);
        first.release.iter().for_each(|slug| *farm.bots.get_mut(slug).unwrap() = None);
        assert!(farm.plan("a").release.is_empty(), "these have to be taken first");
        farm.settle();
        assert_eq!(farm.shares(), [0, 100]);
        farm.hosts.remove(0);
        farm.hosts[0].draining = true;
        assert_eq!(farm.plan("b").release.len(), 100);
    }

    // SPEC: F9
    #[test]
    fn what_a_host_cannot_run_it_does_not_take() {
        let farm = Farm::new(&["a"], 2);
        let unable = BTreeSet::from(["b000".to_owned()]);
        let none = BTreeSet::new();
        let (living, releasing) = (farm.hosts.as_slice(), &none);
        let keys = living[0].keys.as_slice();
        let view = |bots| View { me: "a", draining: false, living, keys, bots, unable: &unable, releasing, untaken: 0 };
        assert_eq!(view(&farm.bots).plan().take, ["b001"]);
        let mut taken = farm.bots.clone();
        taken.insert("b001".to_owned(), Some("a".to_owned()));
        assert_eq!(view(&taken).plan(), Plan::default());
    }

    // SPEC: F9
    #[test]
    fn what_only_some_hosts_can_run_runs_there_and_stays() {
        let special = |n: usize| format!("b{n:03}");
        for (bots, specials, unable) in [(10, 10, 1), (10, 4, 1), (30, 10, 2), (31, 3, 1), (9, 9, 2)] {
            let mut farm = Farm::new(&["a"], bots);
            farm.settle();
            farm.hosts = Farm::new(&["a", "b", "c"], 0).hosts;
            for host in farm.hosts.iter_mut().rev().take(unable) {
                host.unable = (0..specials).map(special).collect();
            }
            farm.settle();
            let shares = farm.shares();
            assert_eq!(shares.iter().sum::<usize>(), bots, "every bot runs: {shares:?}");
            let can = |host: &Living, slug: &String| !host.unable.contains(slug);
            for host in &farm.hosts {
                let held = farm.bots.iter().filter(|(_, held)| held.as_deref() == Some(&host.host));
                assert!({ held }.all(|(slug, _)| can(host, slug)), "{:?}", farm.bots);
            }
            let levelled = farm.bots.clone();
            assert_eq!(farm.settle(), 0);
            // One that is ahead by two gives one away, whatever the others cannot run.
            let of_a = |slug: &String| levelled[slug].as_deref() == Some("a");
            if let (1, Some(slug)) = (unable, levelled.keys().find(|slug| !of_a(slug) && specials == bots)) {
                farm.bots.insert(slug.clone(), Some("a".to_owned()));
                assert!(farm.settle() <= 2, "{:?}", farm.shares());
            }
            // Hosts that can run everything have no more than what the others cannot take.
            let (most, share) = (shares[0], bots.div_ceil(3));
            assert!(most <= share.max(specials.div_ceil(3 - unable)) + 1, "{shares:?}");
        }
    }

    // SPEC: F9
    #[test]
    fn a_host_that_can_run_nothing_is_given_nothing() {
        let mut farm = Farm::new(&["a"], 3000);
        farm.settle();
        farm.hosts.push(Living { host: "b".to_owned(), unable: vec![ALL.to_owned()], ..farm.hosts[0].clone() });
        assert_eq!(farm.plan("a"), Plan::default());
        // Nor does one that ends wait for it.
        farm.hosts[0].draining = true;
        assert_eq!(farm.plan("a").release.len(), 3000);
        farm.hosts[1].unable = (10..3000).map(|n| format!("b{n:03}")).collect();
        assert_eq!(farm.plan("a").release, (0..10).map(|n| format!("b{n:03}")).collect::<Vec<_>>());
    }

    // SPEC: F9
    #[test]
    fn a_host_without_the_farms_key_is_given_nothing() {
        let mut farm = Farm::new(&["a", "b", "stranger"], 10);
        farm.hosts[2].keys = vec!["another".to_owned()];
        farm.hosts.push(Living { host: "new".to_owned(), keys: Vec::new(), ..farm.hosts[0].clone() });
        let (stranger, new) = (farm.hosts.pop(), farm.hosts.pop());
        farm.settle();
        farm.hosts.extend(new.into_iter().chain(stranger));
        for host in ["a", "b"] {
            assert_eq!(farm.plan(host), Plan::default());
        }
    }
}
