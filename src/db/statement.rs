//! Hot statements: literal SQL that Diesel prepares once per connection.
//!
//! Diesel caches a statement by its type. UPDATE and ON CONFLICT DO UPDATE of the query builder
//! have no such type and would be parsed anew each time (measured), so the statements of the hot
//! paths are structs of their own. The order of the fields is the order of the `?` in the SQL.

/// Declares a statement: its parameters with their SQL types, its SQL, and the row it returns.
macro_rules! statement {
    (
        $(#[$meta:meta])*
        $name:ident { $($field:ident: $rust:ty => $sql_type:ty),* $(,)? } -> $row:ty = $sql:expr
    ) => {
        $(#[$meta])*
        #[derive(Debug, diesel::query_builder::QueryId)]
        struct $name {
            $($field: $rust),*
        }

        impl diesel::query_builder::QueryFragment<diesel::pg::Pg> for $name {
            fn walk_ast<'b>(
                &'b self,
                mut out: diesel::query_builder::AstPass<'_, 'b, diesel::pg::Pg>,
            ) -> diesel::QueryResult<()> {
                let mut pieces = $sql.split('?');
                out.push_sql(pieces.next().unwrap_or_default());
                $(
                    out.push_bind_param::<$sql_type, _>(&self.$field)?;
                    out.push_sql(pieces.next().unwrap_or_default());
                )*
                Ok(())
            }
        }

        impl diesel::query_builder::Query for $name {
            type SqlType = $row;
        }
    };
}
