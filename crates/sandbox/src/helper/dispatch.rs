//! Compiles a system call filter as a tree: a few comparisons lead to the span of numbers that a
//! call is in, and so to its answer or to the one rule that concerns it.
//!
//! seccompiler writes one rule after the other, five instructions for each. The kernel compiles them
//! all, and, as it works out beforehand which calls are always allowed, goes through them for every
//! call there is. That took longer than all of a jail's mounts.

use std::collections::BTreeMap;

use seccompiler::{
    BackendError, BpfProgram, SeccompAction, SeccompFilter, SeccompRule, TargetArch, sock_filter,
};

pub(super) type Rules = BTreeMap<i64, Vec<SeccompRule>>;

/// `BPF_LD | BPF_W | BPF_ABS` of offset 0: the call's number.
const LOAD_NUMBER: sock_filter = sock_filter {
    code: 0x20,
    jt: 0,
    jf: 0,
    k: 0,
};

/// With how many instructions seccompiler's filters begin that look at the architecture and answer
/// for another one: load, compare, return.
const ARCHITECTURE_CHECK: usize = 3;

/// A filter that answers `on_match` to calls that a rule fits, and `otherwise` to all others.
pub(super) fn program(
    rules: Rules,
    otherwise: &SeccompAction,
    on_match: &SeccompAction,
) -> Result<BpfProgram, BackendError> {
    let list = |rules: Rules| -> Result<BpfProgram, BackendError> {
        let arch = TargetArch::try_from(std::env::consts::ARCH)?;
        SeccompFilter::new(rules, otherwise.clone(), on_match.clone(), arch)?.try_into()
    };
    let answer = |action: &SeccompAction| returning(u32::from(action.clone()));
    let mut spans: Vec<Span> = Vec::new();
    let mut next = 0;
    for (number, conditions) in rules {
        // No call has a negative number.
        let Ok(start) = u32::try_from(number) else {
            continue;
        };
        if start != next {
            spans.push((next, answer(otherwise)));
        }
        let own = match conditions.is_empty() {
            true => answer(on_match),
            false => list(Rules::from([(number, conditions)]))?,
        };
        spans.push((start, own));
        next = start + 1;
    }
    spans.push((next, answer(otherwise)));
    // Of neighbours with the same answer one is enough.
    spans.dedup_by(|later, earlier| later.1 == earlier.1);
    let mut program = list(Rules::new())?;
    program.truncate(ARCHITECTURE_CHECK);
    program.push(LOAD_NUMBER);
    program.extend(tree(&spans)?);
    Ok(program)
}

/// Numbers of calls from one on, until those of the next span, and the program that answers them.
type Span = (u32, BpfProgram);

fn returning(answer: u32) -> BpfProgram {
    // `BPF_RET | BPF_K`.
    vec![sock_filter {
        code: 0x06,
        jt: 0,
        jf: 0,
        k: answer,
    }]
}

fn tree(spans: &[Span]) -> Result<BpfProgram, BackendError> {
    let (below, others) = spans.split_at(spans.len() / 2);
    let Some((pivot, only)) = others.first() else {
        return Ok(BpfProgram::new());
    };
    if below.is_empty() {
        return Ok(only.clone());
    }
    let below = tree(below)?;
    let length =
        u32::try_from(below.len()).map_err(|_| BackendError::FilterTooLarge(below.len()))?;
    // `BPF_JMP | BPF_JGE`: lower numbers go on with what follows, others past it.
    let compare = |jt, jf| sock_filter {
        code: 0x35,
        jt,
        jf,
        k: *pivot,
    };
    let mut program = match u8::try_from(length) {
        Ok(length) => vec![compare(length, 0)],
        // `BPF_JMP | BPF_JA` reaches further than a comparison does.
        Err(_) => vec![
            compare(0, 1),
            sock_filter {
                code: 0x05,
                jt: 0,
                jf: 0,
                k: length,
            },
        ],
    };
    program.extend(below);
    program.extend(tree(others)?);
    Ok(program)
}

#[cfg(test)]
pub(super) mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// What the kernel would do: the answer, and the instructions that it took.
    fn answer(program: &BpfProgram, number: u32, arch: u32, arguments: [u64; 6]) -> (u32, usize) {
        let mut data = vec![number, arch, 0, 0];
        for argument in arguments {
            data.extend([argument as u32, (argument >> 32) as u32]);
        }
        let (mut accumulator, mut at) = (0, 0);
        for steps in 1.. {
            let sock_filter { code, jt, jf, k } = program[at];
            let jump = |condition: bool| usize::from(if condition { jt } else { jf });
            at += 1;
            match code {
                0x20 => accumulator = data[k as usize / 4],
                0x54 => accumulator &= k,
                0x05 => at += k as usize,
                0x15 => at += jump(accumulator == k),
                0x25 => at += jump(accumulator > k),
                0x35 => at += jump(accumulator >= k),
                0x06 => return (k, steps),
                _ => panic!("instruction {code:#x}"),
            }
        }
        unreachable!()
    }

    /// The architecture's number, from seccompiler's own first comparison.
    fn own_arch(linear: &BpfProgram) -> u32 {
        assert_eq!(linear[1].code, 0x15);
        linear[1].k
    }

    pub(in crate::helper) fn assert_same(
        rules: &Rules,
        otherwise: &SeccompAction,
        on_match: &SeccompAction,
    ) {
        let arch = TargetArch::try_from(std::env::consts::ARCH).unwrap();
        let linear = SeccompFilter::new(rules.clone(), otherwise.clone(), on_match.clone(), arch);
        let linear: BpfProgram = linear.unwrap().try_into().unwrap();
        let tree = program(rules.clone(), otherwise, on_match).unwrap();
        let arch = own_arch(&linear);
        let numbers = (0..1024).chain([0x3fff_ffff, 0x4000_0000, 0x4000_0001, u32::MAX]);
        // Every value that a rule compares with, near it, and beyond 32 bits.
        let compared = linear
            .iter()
            .filter(|i| matches!(i.code, 0x15 | 0x25 | 0x35));
        let compared: BTreeSet<_> = compared.map(|i| u64::from(i.k)).collect();
        let values: Vec<_> = compared
            .iter()
            .flat_map(|k| [*k, k + 1, k | 1 << 32])
            .chain([0, u64::MAX])
            .collect();
        let mut longest = 0;
        for number in numbers {
            let is_conditional = rules
                .get(&i64::from(number))
                .is_some_and(|conditions| !conditions.is_empty());
            for &value in &values[if is_conditional { 0 } else { values.len() - 2 }..] {
                let arguments = [value; 6];
                let (expected, _) = answer(&linear, number, arch, arguments);
                let (found, steps) = answer(&tree, number, arch, arguments);
                assert_eq!(found, expected, "{number} {value:#x}");
                longest = longest.max(steps);
            }
            let foreign = answer(&tree, number, arch ^ 1, [0; 6]).0;
            assert_eq!(foreign, answer(&linear, number, arch ^ 1, [0; 6]).0);
        }
        // Returns and comparisons of spans, and a few instructions for each condition.
        assert!(tree.len() <= linear.len().max(16), "{}", tree.len());
        assert!(longest < 100, "{longest}");
    }

    #[test]
    fn a_tree_answers_as_a_list_does() {
        let (allow, refuse) = (SeccompAction::Allow, SeccompAction::Errno(38));
        for count in [0, 1, 8, 9, 17, 100, 300] {
            let rules = (0..count).map(|call| (call * 3, Vec::new())).collect();
            assert_same(&rules, &refuse, &allow);
        }
    }
}
