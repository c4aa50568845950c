-- The speech engines of the configuration file; no row = the file says nothing of speech.

create table speech (
  only_one boolean primary key default true check (only_one),
  options text not null -- sealed JSON: it holds keys
);
