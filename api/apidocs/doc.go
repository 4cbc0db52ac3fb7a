// Package apidocs serves an API's description: the OpenAPI document, and a page that
// shows it and can try its calls. The page is Swagger UI, which is part of the binary:
// it requests nothing from elsewhere.
package apidocs
