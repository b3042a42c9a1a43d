//! What is allowed: who may send which record to whom, and how records change.
//! Pure.

pub mod standing;
pub mod transcript;

use hei_values::Move;

/// The processes of this use case, as the node publishes them.
pub fn machines() -> Vec<(&'static str, Vec<Move>)> {
    vec![
        (transcript::MACHINE.name, transcript::MACHINE.published()),
        (transcript::DELIVERY.name, transcript::DELIVERY.published()),
        (standing::MACHINE.name, standing::MACHINE.published()),
    ]
}
