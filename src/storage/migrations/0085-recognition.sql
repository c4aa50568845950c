-- The engines of speech to text of the configuration file; no row = the file names none.

create table recognition (
  only_one boolean primary key default true check (only_one),
  options text not null -- sealed JSON: it holds keys
);
