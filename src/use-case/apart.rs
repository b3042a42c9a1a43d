//! A part of a step that may be refused by itself: nothing of it stays then, and what was
//! done before it and comes after it does.

use hei_store::Failed;
use hei_values::{Code, Refused};

use crate::rights::must_not_be_restricted;
use crate::{Call, Handle};

impl Call {
    /// Does what the handler of a command does. The inner refusal is about this part; a
    /// rehearsal is undone, and its answer stays.
    ///
    /// # Errors
    /// What may be otherwise the next time: the whole step is tried again.
    pub async fn apart<C, A, H>(
        &mut self,
        checked: &C,
        handle: &H,
    ) -> Result<Result<A, Refused>, Failed>
    where
        H: for<'a> Handle<&'a mut Call, &'a C, A>,
    {
        self.conn().begin_part().await?;
        let sent = self.sent.len();
        let done = handle.call(self, checked).await;
        let done = match done {
            Ok(answer) => must_not_be_restricted(self).await.map(|()| answer),
            refused => refused,
        };
        self.forget_seen();
        let is_rehearsal = std::mem::take(&mut self.rehearsal);
        let outcome = match done {
            Err(Failed::Refused(refused)) if !may_pass(refused.code) => Err(refused),
            done => Ok(done?),
        };
        if outcome.is_ok() && !is_rehearsal {
            self.conn().keep_part().await?;
        } else {
            self.sent.truncate(sent);
            self.conn().undo_part().await?;
        }
        Ok(outcome)
    }
}

/// Whether it is about the moment, not about what was asked.
fn may_pass(code: Code) -> bool {
    matches!(code, Code::Unavailable | Code::Aborted | Code::DeadlineExceeded)
}
