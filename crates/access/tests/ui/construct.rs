//! No proof can be written down.

fn main() {
    let _ = silversmith_intake::Brief {};
    let _ = silversmith_plan::Plan {};
    let _ = silversmith_plan::module::Module {};
    let _ = silversmith_policy::VerifiedModule {};
    let _ = silversmith_trial::TriedModule {};
    let _ = silversmith_attest::SealedModule {};
    let _ = silversmith_access::ReleasedModule {};
}
