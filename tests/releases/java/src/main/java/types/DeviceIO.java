package types;

@Type
public enum DeviceIO { FILTERED, UNFILTERED }
