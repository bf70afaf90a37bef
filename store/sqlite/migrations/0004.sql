-- A page of the history of a type is in one place, and needs no look at the versions themselves.
drop index version_type;
create index version_type on version (type, seq, verb, cause);
