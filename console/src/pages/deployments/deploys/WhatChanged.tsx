import Box from '@cloudscape-design/components/box';
import { Outside } from '~/parts/Outside';
import { moment } from '~/parts/Time';
import type { Deploy } from './history';

/** What a deploy says of itself: its description, the commit it comes from, the deploy that it went back to. */
export function WhatChanged({ of: deploy, among }: { of: Deploy; among: readonly Deploy[] }) {
  const back = deploy.rollbackFromId && among.find(each => each.id === deploy.rollbackFromId);
  const { git } = deploy;
  return (
    <>
      {deploy.description || <Box color="text-body-secondary">No description</Box>}
      {deploy.rollbackFromId && (
        <Box variant="small" display="block">
          Rollback to {back ? back.description || `the deploy of ${moment(back.createdAt)}` : deploy.rollbackFromId}
        </Box>
      )}
      {git && (
        <Box variant="small" display="block">
          Commit <Outside href={git.commitUrl}>{git.commitSha.slice(0, 9)}</Outside>
          {git.branch && ` on ${git.branch}`}
          {(git.authorName || git.authorUsername) && ` by ${git.authorName || git.authorUsername}`}
        </Box>
      )}
    </>
  );
}
