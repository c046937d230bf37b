//! Each stage takes what the stage before it makes, and nothing else.

use silversmith_access::{ReleaseRule, release};
use silversmith_attest::{LocalSigner, SealedModule, seal};
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

fn untried(module: VerifiedModule, signer: &LocalSigner) {
    let _ = seal(module, signer);
}

fn unverified(module: Module, signer: &LocalSigner) {
    let _ = seal(module, signer);
}

fn uncompiled(plan: Plan, signer: &LocalSigner) {
    let _ = seal(plan, signer);
}

fn unsealed(module: TriedModule, rule: &ReleaseRule) {
    let _ = release(module, rule);
}

fn sealed_twice(module: TriedModule, signer: &LocalSigner) {
    let _ = seal(module, signer);
    let _ = seal(module, signer);
}

fn changed(module: &mut SealedModule) {
    module.source = String::new();
}

fn main() {}
