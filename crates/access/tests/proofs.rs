//! Evidence is a type that only its checker can make, and an illegal order does not compile.

#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "tests and examples read files and start programs"
)]

use serde::de::DeserializeOwned;
use silversmith_access::ReleasedModule;
use silversmith_attest::SealedModule;
use silversmith_intake::Brief;
use silversmith_plan::Plan;
use silversmith_plan::module::Module;
use silversmith_policy::VerifiedModule;
use silversmith_trial::TriedModule;

/// Compiles only if the type implements none of the traits: were there such an implementation, it
/// would not be clear which `item` is meant.
macro_rules! implements_none {
    ($type:ty: $($trait:path),+) => {
        const _: fn() = || {
            trait Ambiguous<A> {
                fn item() {}
            }
            impl<T: ?Sized> Ambiguous<()> for T {}
            $({
                struct Implemented;
                impl<T: ?Sized + $trait> Ambiguous<Implemented> for T {}
            })+
            let _ = <$type as Ambiguous<_>>::item;
        };
    };
}

implements_none!(Brief: Clone, Default, DeserializeOwned);
implements_none!(Plan: Clone, Default, DeserializeOwned);
implements_none!(Module: Clone, Default, DeserializeOwned);
implements_none!(VerifiedModule: Clone, Default, DeserializeOwned);
implements_none!(TriedModule: Clone, Default, DeserializeOwned);
implements_none!(SealedModule: Clone, Default, DeserializeOwned);
implements_none!(ReleasedModule: Clone, Default, DeserializeOwned);

#[test]
fn illegal_orders_do_not_compile() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("tests/ui/*.rs");
}
