"""The WeChat official account (公众号): its messages in, our answers out."""
