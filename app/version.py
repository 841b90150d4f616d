"""The version of the service, as the record and the OpenAPI document name it."""

VERSION = "0.4.0"
