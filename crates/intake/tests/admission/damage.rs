//! Whatever the bytes are, there is an answer.

use super::support::{CONTRACT, admit_all, admit_contract, report, with_evidence};

proptest::proptest! {
    /// Whatever one byte becomes, the answer is an answer.
    #[test]
    fn a_damaged_context_never_panics(at in 0_usize..4_000, byte: u8) {
        let mut bytes = with_evidence().to_string().into_bytes();
        let at = at % bytes.len();
        bytes[at] = byte;
        let _ = admit_all(&bytes, report().as_bytes(), Some(CONTRACT), None);
    }

    #[test]
    fn a_damaged_contract_never_panics(at in 0_usize..2_000, text in ".{0,6}") {
        let mut contract: Vec<char> = CONTRACT.chars().collect();
        let at = at % contract.len();
        contract.splice(at..(at + 1), text.chars());
        let contract: String = contract.into_iter().collect();
        let _ = admit_contract(&contract);
    }
}
