-- Customers' trunks whose calls go over TLS and with SRTP, or not at all; and the calls that did.
alter table customer_trunks add column secure boolean not null default false;
alter table calls add column secure boolean not null default false;
