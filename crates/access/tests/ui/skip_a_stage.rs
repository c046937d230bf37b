//! Each stage takes what the stage before it makes, and nothing else.

use silversmith_access::{ReleaseRule, release};
use silversmith_attest::{DataPolicyFacts, LocalSigner, SealedModule, seal};
use silversmith_intake::Brief;
use silversmith_plan::module::{Module, Origin};
use silversmith_plan::{Plan, PlanDocument};
use silversmith_policy::{VerifiedModule, verify};
use silversmith_trial::TriedModule;

fn unchecked_plan(document: PlanDocument, brief: &Brief, origin: &Origin) {
    let _ = Module::compile(document, brief, origin);
}

fn text_for_a_module(source: String) {
    let _ = verify(source);
}

fn untried(module: VerifiedModule, data: DataPolicyFacts, signer: &LocalSigner) {
    let _ = seal(module, data, signer);
}

fn unverified(module: Module, data: DataPolicyFacts, signer: &LocalSigner) {
    let _ = seal(module, data, signer);
}

fn uncompiled(plan: Plan, data: DataPolicyFacts, signer: &LocalSigner) {
    let _ = seal(plan, data, signer);
}

fn unsealed(module: TriedModule, rule: &ReleaseRule) {
    let _ = release(module, rule);
}

fn sealed_twice(module: TriedModule, data: DataPolicyFacts, signer: &LocalSigner) {
    let _ = seal(module, data.clone(), signer);
    let _ = seal(module, data, signer);
}

fn changed(module: &mut SealedModule) {
    module.source = String::new();
}

fn main() {}
