-- What a file shall say from now on, sealed: its host writes it, so that all hosts with a file of this bot
-- come to say the same.
ALTER TABLE files ADD COLUMN replacement text;
