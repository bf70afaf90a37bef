-- A PUT that made a deleted resource anew has the verb 4.
update version set verb = 4 where verb = 2 and exists (
  select 1 from version before where before.rid = version.rid and before.number = version.number - 1 and before.verb = 3
);
