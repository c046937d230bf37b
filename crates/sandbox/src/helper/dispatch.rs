//! Compiles a system call filter as a tree: a few comparisons lead to the few rules that can concern
//! a call.
//!
//! seccompiler writes one rule after the other. As the kernel works out beforehand which calls are
//! always allowed, it goes through that list for every call there is, which took longer than all of
//! a jail's mounts.

use std::collections::BTreeMap;

use seccompiler::{
    BackendError, BpfProgram, SeccompAction, SeccompFilter, SeccompRule, TargetArch, sock_filter,
};

pub(super) type Rules = BTreeMap<i64, Vec<SeccompRule>>;

/// Rules at a leaf.
const LEAF: usize = 8;

/// `BPF_LD | BPF_W | BPF_ABS` of offset 0: the call's number.
const LOAD_NUMBER: sock_filter = sock_filter {
    code: 0x20,
    jt: 0,
    jf: 0,
    k: 0,
};

/// A filter that answers `on_match` to calls that a rule fits, and `otherwise` to all others.
pub(super) fn program(
    rules: Rules,
    otherwise: &SeccompAction,
    on_match: &SeccompAction,
) -> Result<BpfProgram, BackendError> {
    let rules: Vec<_> = rules.into_iter().collect();
    let mut program = vec![LOAD_NUMBER];
    program.extend(tree(&rules, otherwise, on_match)?);
    Ok(program)
}

/// Each leaf is a whole filter of its own, with the check of the architecture.
fn tree(
    rules: &[(i64, Vec<SeccompRule>)],
    otherwise: &SeccompAction,
    on_match: &SeccompAction,
) -> Result<BpfProgram, BackendError> {
    let middle = rules.len() / 2;
    let pivot = rules
        .get(middle)
        .and_then(|(call, _)| u32::try_from(*call).ok());
    let (Some(pivot), true) = (pivot, rules.len() > LEAF) else {
        let rules = rules.iter().cloned().collect();
        let arch = TargetArch::try_from(std::env::consts::ARCH)?;
        let leaf = SeccompFilter::new(rules, otherwise.clone(), on_match.clone(), arch)?;
        return leaf.try_into();
    };
    let below = tree(&rules[..middle], otherwise, on_match)?;
    let others = tree(&rules[middle..], otherwise, on_match)?;
    let length =
        u32::try_from(below.len()).map_err(|_| BackendError::FilterTooLarge(below.len()))?;
    let mut program = vec![
        // `BPF_JMP | BPF_JGE`: a lower number goes past the jump. `BPF_JMP | BPF_JA` reaches further
        // than a comparison does.
        sock_filter {
            code: 0x35,
            jt: 0,
            jf: 1,
            k: pivot,
        },
        sock_filter {
            code: 0x05,
            jt: 0,
            jf: 0,
            k: length,
        },
    ];
    program.extend(below);
    program.extend(others);
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
        assert!(tree.len() < 4096, "{}", tree.len());
        assert!(longest < 150 || rules.len() <= LEAF, "{longest}");
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
