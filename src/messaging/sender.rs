//! The sender: brings what is queued to the peers, each order key in its order, and
//! knows when to wait, whom to leave alone and what to give up.

mod advice;
mod attempt;
mod judge;
mod lines;
mod refresh;
mod run;
mod settle;
mod wait;

pub(crate) use lines::Lines;
