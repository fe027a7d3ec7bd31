//! Taking turns: one line per key, one job from each line in rotation.

use std::collections::{HashMap, VecDeque};
use std::hash::Hash;

/// A queue in which nobody waits for more than one job of each other key per own job.
pub(super) struct FairQueue<K, T> {
    lines: HashMap<K, VecDeque<(u64, T)>>,
    /// The keys with a line, the next to be served in front.
    turns: VecDeque<K>,
    length: usize,
    tickets: u64,
}

impl<K: Copy + Eq + Hash, T> FairQueue<K, T> {
    pub(super) fn new() -> Self {
        Self { lines: HashMap::new(), turns: VecDeque::new(), length: 0, tickets: 0 }
    }

    pub(super) fn len(&self) -> usize {
        self.length
    }

    /// Appends to the line of `key` and gives the ticket to leave it with.
    pub(super) fn push(&mut self, key: K, item: T) -> u64 {
        self.tickets += 1;
        self.length += 1;
        let line = self.lines.entry(key).or_default();
        if line.is_empty() {
            self.turns.push_back(key);
        }
        line.push_back((self.tickets, item));
        self.tickets
    }

    /// The item that [`Self::pop`] would yield.
    pub(super) fn peek(&self) -> Option<&T> {
        let line = self.lines.get(self.turns.front()?)?;
        line.front().map(|(_, item)| item)
    }

    /// Serves the next key in turn and moves it to the end of the rotation.
    pub(super) fn pop(&mut self) -> Option<T> {
        let key = self.turns.pop_front()?;
        let line = self.lines.get_mut(&key)?;
        let (_, item) = line.pop_front()?;
        self.length -= 1;
        if line.is_empty() {
            self.lines.remove(&key);
        } else {
            self.turns.push_back(key);
        }
        Some(item)
    }

    /// Takes out an item that has not been served; `None` if it has.
    pub(super) fn remove(&mut self, key: K, ticket: u64) -> Option<T> {
        let line = self.lines.get_mut(&key)?;
        let place = line.binary_search_by_key(&ticket, |(ticket, _)| *ticket).ok()?;
        let (_, item) = line.remove(place)?;
        self.length -= 1;
        if line.is_empty() {
            self.lines.remove(&key);
            self.turns.retain(|other| *other != key);
        }
        Some(item)
    }

    /// How many of the items now waiting would be served before one that `key` pushed now.
    pub(super) fn ahead_of(&self, key: K) -> usize {
        let own = self.lines.get(&key).map_or(0, VecDeque::len);
        let mut rounds = own + 1;
        let mut ahead = 0;
        for other in &self.turns {
            if *other == key {
                ahead += own;
                rounds = own;
            } else {
                ahead += self.lines.get(other).map_or(0, VecDeque::len).min(rounds);
            }
        }
        ahead
    }

    /// Empties every line.
    pub(super) fn clear(&mut self) {
        self.lines.clear();
        self.turns.clear();
        self.length = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn queue(items: &str) -> FairQueue<char, char> {
        let mut queue = FairQueue::new();
        for (key, item) in items.chars().zip('a'..) {
            queue.push(key, item);
        }
        queue
    }

    fn drain(mut queue: FairQueue<char, char>) -> String {
        std::iter::from_fn(|| queue.pop()).collect()
    }

    #[test]
    fn one_key_is_served_in_order_of_arrival() {
        assert_eq!(drain(queue("AAAA")), "abcd");
    }

    #[test]
    fn keys_take_turns() {
        assert_eq!(drain(queue("AAAABC")), "aefbcd");
        assert_eq!(drain(queue("AAABBB")), "adbecf");
    }

    #[test]
    fn a_burst_delays_a_single_job_by_one() {
        let mut queue = queue("AAAAAAAAAA");
        assert_eq!(queue.pop(), Some('a'));
        queue.push('B', 'B');
        assert_eq!(queue.ahead_of('C'), 2);
        assert_eq!((queue.pop(), queue.pop()), (Some('b'), Some('B')));
    }

    #[test]
    fn coming_back_at_once_does_not_jump_the_line() {
        let mut queue = queue("AB");
        assert_eq!(queue.pop(), Some('a'));
        queue.push('A', 'c');
        assert_eq!(drain(queue), "bc");
    }

    #[test]
    fn peek_shows_what_pop_takes() {
        let mut queue = queue("AABCA");
        while let Some(next) = queue.peek().copied() {
            assert_eq!(queue.pop(), Some(next));
        }
        assert_eq!(queue.len(), 0);
    }

    #[test]
    fn the_place_in_line_is_the_number_of_jobs_served_before() {
        for items in ["", "A", "B", "AAAB", "BAAACCC", "CCCAB", "ABCABCAAB", "BBBBBBAC", "CABBBBB"] {
            for served in 0..=items.len() {
                let mut queue = queue(items);
                for _ in 0..served {
                    queue.pop();
                }
                let ahead = queue.ahead_of('B');
                queue.push('B', '!');
                assert_eq!(drain(queue).find('!'), Some(ahead), "{items} after {served}");
            }
        }
    }

    #[test]
    fn who_leaves_is_not_served_and_leaves_no_gap() {
        let mut queue = FairQueue::new();
        let tickets: Vec<_> = "AABBC".chars().zip('a'..).map(|(key, item)| queue.push(key, item)).collect();
        assert_eq!(queue.remove('A', tickets[0]), Some('a'));
        assert_eq!(queue.remove('A', tickets[0]), None);
        assert_eq!(queue.remove('B', tickets[0]), None);
        assert_eq!(queue.remove('C', tickets[4]), Some('e'));
        assert_eq!(queue.len(), 3);
        assert_eq!(queue.pop(), Some('b'));
        assert_eq!(queue.remove('A', tickets[1]), None);
        assert_eq!(drain(queue), "cd");
    }
}
