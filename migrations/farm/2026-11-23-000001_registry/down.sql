DROP FUNCTION guard_rental_state();
DROP FUNCTION refuse_change();
DROP TABLE bots;
DROP TABLE installation;
