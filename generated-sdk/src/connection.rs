#[derive(Clone,Debug)] pub struct Connection;
#[derive(Clone,Copy,Debug,PartialEq,Eq)] pub enum Method {Get,Post,Put,Delete}
pub(crate) struct Call { pub verb: Method, pub path: String, pub query: Vec<(String, String)>, pub headers: Vec<(String, String)>, pub body: Option<String>, pub timeout: Option<std::time::Duration>, pub correlation_id: Option<String> }
pub(crate) struct RawReply { pub status: u16, pub body: Vec<u8>, pub correlation_id: Option<String> }
impl Connection { pub(crate) async fn call(&self, call: Call) -> Result<RawReply, crate::Error> { let _ = call; todo!() } }
