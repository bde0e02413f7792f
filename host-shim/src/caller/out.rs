//! Instances that are out of their caller's table for a call.

use super::held::Taken;
use super::table::{Table, Take};
use crate::error::CallError;

/// An instance that is out of its caller's table for a call, or will be. When this is dropped it goes
/// back, so that its number stands for it also if nobody waits for the call any more.
pub(super) struct Out<'a> {
    table: &'a mut Table,
    take: Option<Take>,
}

impl<'a> Out<'a> {
    pub(super) fn new(table: &'a mut Table, take: Take) -> Self {
        let take = Some(take);
        Out { table, take }
    }

    /// Waits for it.
    pub(super) async fn taken(&mut self) -> Result<&mut Taken, CallError> {
        if let Some(Take::Later(later)) = &mut self.take {
            let taken = Box::pin(later.arrives()).await?;
            self.take = Some(Take::Now(taken));
        }
        match &mut self.take {
            Some(Take::Now(taken)) => Ok(taken),
            _ => unreachable!("it has arrived, and leaves when this is dropped"),
        }
    }
}

impl Drop for Out<'_> {
    fn drop(&mut self) {
        match self.take.take() {
            Some(Take::Now(taken)) => self.table.put_back(taken),
            Some(Take::Later(later)) => self.table.wait_again(later),
            None => {}
        }
    }
}
